import { accessSync, constants, existsSync, writeFileSync } from "node:fs";
import { dirname, extname } from "node:path";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";

/** Throws InvalidInputError where the PNG that --out names cannot be made: said before a command's work, not after it. */
export function expectNewPng(path: string): void {
  if (extname(path).toLowerCase() !== ".png")
    throw new InvalidInputError("--out", "the name of a PNG, ending in .png", show(path));
  if (existsSync(path)) throw notNew(path, "EEXIST");
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw notNew(path, (error as NodeJS.ErrnoException).code);
  }
}

/** Writes the file that --out names. Throws InvalidInputError. */
export function writeNew(path: string, file: Uint8Array): void {
  try {
    writeFileSync(path, file, { flag: "wx" });
  } catch (error) {
    throw notNew(path, (error as NodeJS.ErrnoException).code);
  }
}

export const notNew = (path: string, code: string | undefined) =>
  new InvalidInputError("--out", "a new file that can be written", `${path} (${code})`);
