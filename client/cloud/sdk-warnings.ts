/** Who hears what AWS's SDK warns of, such as two sources of credentials: the command line, which prints it. A library's caller does not. */
export const sdkWarnings: { tell?: (sentence: string) => void } = {};
