import BUILD from "#build";

/** Where the Python worker reads which of the program's kernels it computes. */
export const PYTHON_HASHES = "workers/python/src/manyhands/kernels/hashes.json";

/**
 * The kernels' hashes as that file has them. A Python worker hands back messages of kernels with other hashes, so an author who changes a
 * kernel's source changes its Python twin with it, and then writes this file again.
 */
export const pythonHashes = (): string => `${JSON.stringify(BUILD.kernels, null, 2)}\n`;
