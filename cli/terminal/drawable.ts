/**
 * Whether stderr is a terminal that understands control sequences; terminals of editors and logs call themselves dumb.
 */
export const isDrawable = () => process.stderr.isTTY === true && process.env.TERM !== "dumb";
