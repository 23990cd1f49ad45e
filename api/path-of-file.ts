import { fileURLToPath } from "node:url";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";

/** A path as it is, and that of a file's URL. Throws InvalidInputError that names the field. */
export function pathOfFile(file: string | URL, field: string): string {
  const isAddress = typeof file === "string" && /^[a-z][a-z0-9+.-]+:/i.test(file) && !/^[a-z]:\\/i.test(file);
  if (typeof file === "string" && !isAddress) return file;
  try {
    return fileURLToPath(file);
  } catch {
    throw new InvalidInputError(field, "a path, or a URL that begins with file:", show(String(file)));
  }
}

/** By what it has: another realm's URL is no instance of this one's. */
export const isUrl = (asked: unknown): asked is URL =>
  typeof (asked as Partial<URL> | undefined)?.href === "string";
