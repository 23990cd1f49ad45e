/** Part of every kernel's hash. Raise it with each change that changes a bit of any result: test/unit/kernels/maths holds both. */
export const MATHS_VERSION = 1;
