import { bytesOf, decodeChunk, mostEncodedBytes } from "../../shared/array/zarr-array.ts";
import type { Declaration } from "../../shared/kernels/declaration.ts";
import { jobPrefix } from "../../shared/ports/keys.ts";
import { getJson, type StoreReader } from "../../shared/ports/store.ts";
import { type CoordinateChunk, type GroupOf, groupObjects, saysAll } from "../../shared/record/zarr-group.ts";
import { describeError } from "../../shared/validation/errors.ts";

const ABSENT = "it is not there";

/**
 * Faults in the metadata and the coordinates beside a job's chunks, a sentence an object. They matter even if every
 * chunk is right: with a wrong byte order, shape, dtype or axis a reader sees other numbers.
 */
export async function groupFaults(
  store: StoreReader,
  job: GroupOf,
  declaration: Declaration,
): Promise<string[]> {
  const { metadata, coordinates } = groupObjects(job, declaration);
  const faults: string[] = [];
  const look = async (key: string, faultIn: () => Promise<string | undefined>) => {
    const fault = await faultIn().catch(describeError);
    if (fault !== undefined) faults.push(`${key.slice(jobPrefix(job.jobId).length)}: ${fault}`);
  };
  for (const [key, document] of metadata)
    await look(key, async () => documentFault(await getJson(store, key), document));
  for (const [key, expected] of coordinates)
    await look(key, async () => chunkFault(await store.get(key, mostEncodedBytes(expected.spec)), expected));
  return faults;
}

function documentFault(stored: unknown, expected: object): string | undefined {
  if (stored === undefined) return ABSENT;
  const names = new Set([...Object.keys(expected), ...Object.keys(Object(stored))]);
  const field = (document: unknown, name: string) => (document as Record<string, unknown> | null)?.[name];
  const differing = [...names].filter(
    (name) => !saysAll(field(stored, name), field(expected, name), name === "attributes"),
  );
  return differing.length > 0 ? `other ${differing.join(", ")} than the job's` : undefined;
}

function chunkFault(stored: Uint8Array | undefined, { spec, values }: CoordinateChunk): string | undefined {
  if (!stored) return ABSENT;
  const isSame = Buffer.compare(bytesOf(decodeChunk(spec, 0, stored)), bytesOf(values)) === 0;
  return isSame ? undefined : "other coordinates than the job's";
}
