/** Part of every kernel's hash. Raise it with each change of a bit of any result; `node test/helpers/maths-record.ts` sees to it. */
export const MATHS_VERSION = 1;
