/**
 * A folder that machines share, as the store of a Redis's jobs. Where it is not mounted its path is another folder, mostly an empty one:
 * a job that is not there would seem deleted. So the first process that names the folder puts a mark into it.
 */
import { accessSync, constants, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InvalidInputError, ManyhandsError } from "../../validation/errors.ts";
import { show } from "../../validation/parse.ts";
import { FileStore } from "../file/file-store.ts";
import { makeFolders } from "../file/make-folders.ts";
import { JOBS_PREFIX } from "../keys.ts";
import type { Put } from "../store.ts";

const MARK = ".manyhands-store";

/** The folder may be mounted again. */
class AwayError extends ManyhandsError {
  override readonly name = "AwayError";
  readonly permanent = false;
}

const lacking = (folder: string) =>
  `${show(folder)}, which has no ${MARK}: it is not mounted here, or is another folder`;

/** Makes the folder of a store, with its mark. Throws InvalidInputError where it cannot be made or written to. */
export function makeShared(folder: string): void {
  try {
    makeFolders(folder);
    accessSync(`${folder}/`, constants.W_OK);
    if (!existsSync(join(folder, MARK))) writeFileSync(join(folder, MARK), "The store of a Redis's jobs.\n");
  } catch (error) {
    const got = `${show(folder)} (${(error as NodeJS.ErrnoException).code})`;
    throw new InvalidInputError("--store", "a folder that can be written to", got);
  }
}

/** Throws InvalidInputError where the folder is not the one that machines share. */
export function expectShared(folder: string): void {
  if (!isShared(folder))
    throw new InvalidInputError("--store", "the folder that all machines share", lacking(folder));
}

/** Former versions made no mark: their jobs are one. */
const isShared = (folder: string) => existsSync(join(folder, MARK)) || existsSync(join(folder, JOBS_PREFIX));

/** Throws where the folder is not there, in place of finding nothing or beginning another one. */
export class SharedFolder extends FileStore {
  readonly #folder: string;

  constructor(folder: string) {
    super({ "": folder });
    this.#folder = folder;
  }

  override async get(key: string, mostBytes?: number): Promise<Uint8Array | undefined> {
    const found = await super.get(key, mostBytes);
    if (found === undefined) this.#expectThere();
    return found;
  }

  override async put(key: string, bytes: Uint8Array): Promise<void> {
    this.#expectThere();
    await super.put(key, bytes);
  }

  override async putIfAbsent(key: string, bytes: Uint8Array): Promise<Put> {
    this.#expectThere();
    return super.putIfAbsent(key, bytes);
  }

  override async putStream(key: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    this.#expectThere();
    await super.putStream(key, parts);
  }

  override async *list(prefix: string): AsyncGenerator<string> {
    this.#expectThere();
    yield* super.list(prefix);
  }

  #expectThere(): void {
    if (!isShared(this.#folder))
      throw new AwayError(
        `Expected the store to be the folder that all machines share, got ${lacking(this.#folder)}.`,
      );
  }
}
