/**
 * The objects in a job's `array/` beside its chunks: a Zarr v3 group that xarray opens as a dataset with labelled axes.
 */
import { isDeepStrictEqual } from "node:util";
import { coordinates } from "../array/grid.ts";
import { type ArraySpec, arrayMetadata, encodeChunk, fillValue } from "../array/zarr-array.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { MOST_RECORD_BYTES } from "../ports/bounded.ts";
import { jobKeys } from "../ports/keys.ts";
import { jsonBytes, type Store } from "../ports/store.ts";
import { variableName } from "../validation/variable-name.ts";
import type { ChunkOf } from "./array-keys.ts";

/** JSON documents by their keys. */
export interface GroupObjects {
  readonly metadata: ReadonlyMap<string, object>;
  readonly coordinates: ReadonlyMap<string, CoordinateChunk>;
}

/** All coordinates of one axis, the very numbers that the kernel receives. */
export interface CoordinateChunk {
  readonly spec: ArraySpec;
  readonly values: Float64Array;
}

/** The objects of the job's group; for a job of a version without groups, the metadata of its array. */
export function groupObjects(job: ChunkOf, kernel: Kernel): GroupObjects {
  const { jobId, spec } = job;
  const { array, zarr } = jobKeys(jobId);
  if (spec.value === undefined)
    return { metadata: new Map([[zarr, loneArray(job)]]), coordinates: new Map() };
  const axes = kernel.axes.slice(-spec.axes.length).map((about, k) => {
    const axis = spec.axes[k]!;
    const one: ArraySpec = { axes: [axis], dtype: "float64", chunkShape: [axis.count], codec: spec.codec };
    return { name: variableName(about.name), about, spec: one, values: coordinates(axis, 0, axis.count) };
  });
  const names = axes.map(({ name }) => name);
  const arrays = {
    [spec.value]: arrayMetadata(spec, names, { ...described(kernel.value), ...mask(spec) }),
    ...Object.fromEntries(
      axes.map(({ name, about, spec }) => [name, arrayMetadata(spec, [name], described(about))]),
    ),
  };
  const group = {
    zarr_format: 3,
    node_type: "group",
    // Plain numbers and text: xarray cannot export an object to NetCDF.
    attributes: { ...spec.parameters, kernel: spec.kernel, manyhands_job: jobId },
    consolidated_metadata: { kind: "inline", must_understand: false, metadata: arrays },
  };
  return {
    metadata: new Map([
      [zarr, group],
      ...Object.entries(arrays).map(([name, metadata]) => [`${array}${name}/zarr.json`, metadata] as const),
    ]),
    coordinates: new Map(axes.map(({ name, spec, values }) => [`${array}${name}/c/0`, { spec, values }])),
  };
}

/** Stores the group of a new job. */
export async function putGroup(store: Store, job: ChunkOf, kernel: Kernel): Promise<void> {
  await Promise.all([...encoded(groupObjects(job, kernel))].map(([key, bytes]) => store.put(key, bytes)));
}

/**
 * Stores the objects of the group that are absent or damaged. Whole ones stay untouched: in a complete job, a power cut
 * could otherwise damage them, and a later release may have added facts.
 */
export async function mendGroup(store: Store, job: ChunkOf, kernel: Kernel): Promise<void> {
  const objects = groupObjects(job, kernel);
  const mend = async ([key, bytes]: readonly [string, Uint8Array]) => {
    const document = objects.metadata.get(key);
    const stored = await store.get(key, document ? MOST_RECORD_BYTES : bytes.length).catch(() => undefined);
    const isWhole =
      stored && (Buffer.compare(stored, bytes) === 0 || (document && saysAll(parsedJson(stored), document)));
    if (!isWhole) await store.put(key, bytes);
  };
  await Promise.all([...encoded(objects)].map(mend));
}

/**
 * Whether a stored metadata document has all expected fields. Further attributes are a later release's: they describe
 * and change no number. Further fields elsewhere, such as a storage transformer, may change numbers.
 */
export function saysAll(stored: unknown, expected: unknown, isOpen = false): boolean {
  if (!isObject(stored) || !isObject(expected)) return isDeepStrictEqual(stored, expected);
  const names = Object.keys(expected);
  if (!isOpen && Object.keys(stored).some((name) => !names.includes(name))) return false;
  return names.every((name) => saysAll(stored[name], expected[name], isOpen || name === "attributes"));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parsedJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function encoded({ metadata, coordinates }: GroupObjects): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ...[...metadata].map(([key, document]) => [key, jsonBytes(document)] as const),
    ...[...coordinates].map(([key, { spec, values }]) => [key, encodeChunk(spec, 0, values)] as const),
  ]);
}

function described({ name, unit }: { readonly name: string; readonly unit: string }): object {
  return { long_name: name, ...(unit !== "" && { units: unit }) };
}

/** Makes readers that know CF conventions show a missing chunk of counts as NaN; among floats it is NaN already. */
function mask({ dtype }: ArraySpec): object {
  const fill = fillValue(dtype);
  return Number.isNaN(fill) ? {} : { _FillValue: fill };
}

function loneArray({ jobId, spec }: ChunkOf): object {
  const { kernel, parameters, axes } = spec;
  const names = axes.length === 1 ? ["x"] : ["y", "x"];
  return arrayMetadata(spec, names, { manyhands: { jobId, kernel, parameters, axes } });
}
