import { npyParts } from "../../functions/aggregator/npy.ts";
import { arrayShape } from "../../shared/array/grid.ts";
import { elementsIn, layoutOf } from "../../shared/array/layout.ts";
import { arraysOf, isMap } from "../../shared/array/spec.ts";
import { mostEncodedBytes } from "../../shared/array/zarr-array.ts";
import { BYTES_PER_ELEMENT } from "../../shared/kernels/dtype.ts";
import { MOST_BYTES } from "../../shared/ports/bounded.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { jobKeys, jobPrefix } from "../../shared/ports/keys.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import { chunksPrefixes, npyKeys } from "../../shared/record/array-keys.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { MOST_SHARD_BYTES } from "../../shared/record/shards.ts";
import { MissingObjectError } from "../../shared/validation/errors.ts";
import type { Asker } from "./patience.ts";
import type { Remote, StoredObject } from "./remote.ts";

/** `all`: the job's folder as a local run leaves it. The others include job.json and summary.json. */
export type Selection = "all" | "pictures" | "npy";

/** Called before the first object is fetched and after each one. */
type DownloadProgress = (done: { readonly objects: number; readonly of: number }) => void;

export interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: DownloadProgress;
  readonly ask: Asker;
}

const AT_ONCE = 16;
/** A value's, or an input's. */
const ARRAY_NAME = "[a-z][A-Za-z0-9_]{0,63}";
/** The maximum for the header of an .npy file. */
const MOST_HEADER_BYTES = 1000;

/** Every object under the job's prefix. */
export async function listJobObjects(
  { store }: Pick<Remote, "store">,
  jobId: string,
): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of store.objects(jobPrefix(jobId))) objects.push(object);
  return objects;
}

/**
 * Matches keys that manyhands makes, so that no key leads out of the job's folder or takes the place of a folder. Other
 * objects under the job's prefix are not downloaded.
 */
function keysOf({ jobId, spec }: StoredJob): RegExp {
  if (isMap(spec)) return keysOfMap(jobId);
  const chunk = `c(/[0-9]{1,7}){${spec.axes.length}}`;
  const names = spec.values.map(({ name }) => name);
  const values = `(${names.join("|")})/`;
  // Coordinates are named after inputs, in camel case.
  const inGroup = [`${values}${chunk}`, `(?!${values})${ARRAY_NAME}/c/0`, `${ARRAY_NAME}/zarr\\.json`];
  const alternatives = [
    "array/zarr\\.json",
    `array/(${names[0] === undefined ? chunk : inGroup.join("|")})`,
    "(reports|failures|control)/[a-z0-9-]{1,100}\\.json",
    "[a-z][a-z0-9-]{0,99}\\.(json|png|npy)",
  ];
  return new RegExp(`^${jobPrefix(jobId)}(${alternatives.join("|")})$`);
}

function keysOfMap(jobId: string): RegExp {
  const alternatives = [
    "(items|results)/[0-9]{1,7}\\.jsonl",
    "results\\.jsonl",
    "(reports|failures|control)/[a-z0-9-]{1,100}\\.json",
    "[a-z][a-z0-9-]{0,99}\\.(json|png)",
  ];
  return new RegExp(`^${jobPrefix(jobId)}(${alternatives.join("|")})$`);
}

/**
 * Fetches the selected objects to the files where `mounts` (see Folder) puts the job's keys, each file whole or not at
 * all. Chunks never change, so present ones are skipped: an interrupted download continues where it stopped.
 */
export async function download(
  remote: Pick<Remote, "store">,
  job: StoredJob,
  selection: Selection,
  mounts: Readonly<Record<string, string>>,
  { signal, onProgress, ask }: DownloadOptions,
): Promise<{ readonly skipped: string[] }> {
  const { jobId } = job;
  const keys = jobKeys(jobId);
  const here = new Folder(mounts);
  const files = new FileStore(mounts);
  const listed = await ask(() => listJobObjects(remote, jobId));
  const ours = keysOf(job);
  // Results of a task may be replaced, its items are not.
  const prefixes = isMap(job.spec) ? [keys.items] : chunksPrefixes(job);
  const isChunk = (key: string) => prefixes.some((prefix) => key.startsWith(prefix));
  // Files are whole: one is that chunk wherever the store does not tell its size.
  const isHere = (key: string, sizeBytes: number | undefined) => {
    const size = here.size(key);
    return size !== undefined && size === (sizeBytes ?? size);
  };
  const stored = listed.filter(({ key }) => ours.test(key));
  const skipped = listed.filter(({ key }) => !ours.test(key)).map(({ key }) => key);
  const wanted = stored.filter(
    ({ key, sizeBytes }) => isSelected(key, selection, keys) && !(isChunk(key) && isHere(key, sizeBytes)),
  );
  // job.json comes first: it says whose folder this is, so that an interrupted download can continue.
  wanted.sort((a, b) => Number(b.key === keys.job) - Number(a.key === keys.job));
  let objects = 0;
  const report = () => onProgress({ objects, of: wanted.length });
  report();
  const bring = (some: readonly StoredObject[]) =>
    inLanes(some, AT_ONCE, async ({ key }) => {
      await ask(async () => {
        signal.throwIfAborted();
        const parts = await remote.store.open(key, mostBytesOf(key, job), signal);
        if (!parts) throw new MissingObjectError(key);
        await files.putStream(key, parts);
      });
      objects++;
      report();
    });
  await bring(wanted.filter(({ key }) => key !== keys.summary));
  // summary.json comes last: if it is present, all the rest is.
  await bring(wanted.filter(({ key }) => key === keys.summary));
  // If the job did not request a .npy file, the bucket has none: it is assembled here.
  if (selection !== "npy") return { skipped };
  for (const [value, key] of npyKeys(job).entries()) {
    if (stored.some((object) => object.key === key)) continue;
    const size = arrayBytes(job, value);
    const { total } = layoutOf(job.spec);
    const onBytes = (written: number) => {
      const chunks = Math.min(Math.floor((total * written) / size), total);
      onProgress({ objects: objects + chunks, of: wanted.length + total });
    };
    await ask(() => files.putStream(key, watched(npyParts(remote.store, job, { value }), onBytes, signal)));
  }
  return { skipped };
}

function isSelected(key: string, selection: Selection, keys: ReturnType<typeof jobKeys>): boolean {
  if (selection === "all" || key === keys.job || key === keys.summary) return true;
  return selection === "npy" ? key.endsWith(".npy") : key.endsWith(".png");
}

/** The maximum size of an object of ours: a foreign object must not fill the disk. */
function mostBytesOf(key: string, job: StoredJob): number {
  if (isMap(job.spec)) return mostBytesOfMap(key, job);
  const arrays = arraysOf(job.spec);
  const chunk = chunksPrefixes(job).findIndex((prefix) => key.startsWith(prefix));
  if (chunk >= 0) return mostEncodedBytes(arrays[chunk]!);
  const npy = npyKeys(job).indexOf(key);
  return npy >= 0 ? arrayBytes(job, npy) + MOST_HEADER_BYTES : MOST_BYTES;
}

function mostBytesOfMap(key: string, { jobId, spec }: StoredJob): number {
  const { joined } = jobKeys(jobId);
  return key === joined ? layoutOf(spec).total * MOST_SHARD_BYTES : MOST_BYTES;
}

function arrayBytes({ spec }: StoredJob, value: number): number {
  return elementsIn(arrayShape(spec)) * BYTES_PER_ELEMENT[arraysOf(spec)[value]!.dtype];
}

async function* watched(
  parts: AsyncIterable<Uint8Array>,
  onBytes: (written: number) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let written = 0;
  for await (const part of parts) {
    signal.throwIfAborted();
    yield part;
    written += part.length;
    onBytes(written);
  }
}
