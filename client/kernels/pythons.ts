/** The interpreters of kernels in Python: who declared a file computes it. */

/** What is known of a file of Python that was loaded in this process. */
export interface PythonKernel {
  readonly interpreter: string;
  /** Packages that it computes with, and the interpreter has not. */
  readonly lacks: readonly string[];
  /** The user's file. */
  readonly file: string;
  /** What its function threw where its cells were timed. */
  readonly thrown?: string;
}

const known = new Map<string, PythonKernel>();
let asked: string | undefined;

export const notePython = (hash: string, kernel: PythonKernel): void => void known.set(hash, kernel);

/** Undefined for a kernel that is not Python's, or was not named by its file in this process. */
export const pythonOf = (hash: string | undefined): PythonKernel | undefined => known.get(hash ?? "");

/** The command line's --python: one process has one. */
export const usePython = (interpreter: string | undefined): void => {
  asked = interpreter;
};
export const askedPython = (): string | undefined => asked;
