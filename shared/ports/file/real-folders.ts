import { lstatSync, mkdirSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { InvalidInputError } from "../../validation/errors.ts";
import { printable } from "../../validation/printable.ts";
import { kindOf } from "./regular-file.ts";

/**
 * Folders below roots that somebody named, each looked at once: whoever else may write there, in a folder that is shared,
 * can have put a link in a folder's place, and what is written through it lands wherever it leads. A root itself may be a
 * link. One that comes in place of a folder after it was looked at is not noticed: Node has no way to open a file below an
 * open folder.
 */
export class RealFolders {
  readonly #roots: readonly string[];
  readonly #known = new Set<string>();

  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /** Makes the folder and those above it, down from its root. Throws InvalidInputError where one is a link, or no folder. */
  make(folder: string): void {
    if (this.#known.has(folder)) return;
    if (this.#isRoot(folder)) mkdirSync(folder, { recursive: true });
    else {
      this.make(dirname(folder));
      try {
        mkdirSync(folder);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        expectFolder(folder);
      }
    }
    this.#known.add(folder);
  }

  /** Throws InvalidInputError where the folder, or one between it and its root, is none or a link; ENOENT where it is not there. */
  expect(folder: string): void {
    if (this.#known.has(folder) || this.#isRoot(folder)) return;
    this.expect(dirname(folder));
    expectFolder(folder);
    this.#known.add(folder);
  }

  #isRoot(folder: string): boolean {
    return !this.#roots.some((root) => isBelow(folder, root));
  }
}

/** Whether the path lies in the folder, and is not the folder itself. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`);
}

function expectFolder(folder: string): void {
  const found = lstatSync(folder);
  if (found.isDirectory()) return;
  const received = `${printable(folder)}, which is ${kindOf(found)}`;
  throw new InvalidInputError("the way to a file", "of folders", received);
}
