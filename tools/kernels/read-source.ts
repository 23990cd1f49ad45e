import { lstatSync, realpathSync } from "node:fs";
import { basename, extname } from "node:path";
import { kindOf, readRegularFile } from "../../shared/ports/file/regular-file.ts";
import { InvalidInputError, TooLargeError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";

/** The endings of files that kernels are built from, beside compiled ones. */
const SOURCE_ENDINGS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"] as const;
/** Those that a user may name. */
export const KERNEL_ENDINGS: readonly string[] = [...SOURCE_ENDINGS, ".wasm", ".py"];

/** The most bytes of one source: more than any package has in one file, and no more than a reader waits for. */
const MOST_SOURCE_BYTES = 10_000_000;

/** The real path of a kernel's file. Throws InvalidInputError if it is none that could be read. */
export function realFile(path: string): string {
  const shown = printable(path);
  if (!KERNEL_ENDINGS.includes(extname(path).toLowerCase()))
    throw new InvalidInputError("the kernel's file", `a file of ${KERNEL_ENDINGS.join(", ")}`, shown);
  const real = named(path, () => realpathSync(path));
  const found = named(path, () => lstatSync(real));
  if (!found.isFile()) throw new InvalidInputError(shown, "a kernel's file", kindOf(found));
  return real;
}

/** The text of a source, with LF for line ends. Throws InvalidInputError if it is none, or has more than 10 MB. */
export function readSource(path: string): string {
  const name = printable(basename(path));
  try {
    const bytes = named(path, () => readRegularFile(path, MOST_SOURCE_BYTES));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replaceAll("\r\n", "\n");
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    if (error instanceof TooLargeError)
      throw new InvalidInputError(name, `at most ${MOST_SOURCE_BYTES / 1e6} MB`, "more");
    throw new InvalidInputError(name, "text in UTF-8", "bytes that are none");
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "nothing at",
  ENOTDIR: "nothing at",
  EACCES: "no permission to read",
  EPERM: "no permission to read",
  ELOOP: "a circle of links at",
};

/** What `read` gives; for an error of the file system, throws InvalidInputError that names the path. */
export function named<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof TooLargeError) throw error;
    const { code = "an error", syscall } = error as NodeJS.ErrnoException;
    const reason = REASONS[code] ?? `${code}${syscall ? ` (${syscall})` : ""} at`;
    throw new InvalidInputError("the kernel's file", "one that can be read", `${reason} ${printable(path)}`);
  }
}

/** Throws InvalidInputError for a kernel whose name, its own or its file's, begins with a digit. */
export function expectLetterFirst(name: string, file: string): void {
  if (/^[a-z]/.test(name)) return;
  const hint = 'The kernel can have a name of its own: `name: "…"`.';
  throw new InvalidInputError(file, "with a name that begins with a letter", name, hint);
}
