/** Whether stderr is a terminal that understands control sequences; those of editors and logs that do not call themselves dumb. */
export const isDrawable = () => process.stderr.isTTY === true && process.env.TERM !== "dumb";
