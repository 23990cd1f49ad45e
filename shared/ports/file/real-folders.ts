import { lstatSync, mkdirSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { InvalidInputError } from "../../validation/errors.ts";
import { printable } from "../../validation/printable.ts";
import { makeFolders } from "./make-folders.ts";
import { kindOf } from "./regular-file.ts";

/**
 * Checks each folder below the user's roots once. In a shared folder another user may have put a link in a folder's
 * place, and a file written through it would land elsewhere. A root itself may be a link. A link that replaces a folder
 * after the check goes unnoticed: Node cannot open a file relative to an open folder.
 */
export class RealFolders {
  readonly #roots: readonly string[];
  readonly #known = new Set<string>();

  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /**
   * Makes the folder and its parents, down from its root. Throws InvalidInputError if one of them is a link, or no
   * folder.
   */
  make(folder: string): void {
    if (this.#known.has(folder)) return;
    if (this.#isRoot(folder)) makeFolders(folder);
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

  /**
   * Throws InvalidInputError if the folder, or one between it and its root, is a link or no folder; ENOENT if it does
   * not exist.
   */
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
