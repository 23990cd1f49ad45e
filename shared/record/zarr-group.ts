/**
 * The objects in a job's `array/` beside its chunks: a Zarr v3 group that xarray opens as a dataset with labelled axes.
 */
import { isDeepStrictEqual } from "node:util";
import { type Axis, coordinates, lengthOf } from "../array/grid.ts";
import { type ArraySpec, arraysOf, isMap } from "../array/spec.ts";
import { arrayMetadata, encodeChunk, fillValue } from "../array/zarr-array.ts";
import type { Declaration, InputValue } from "../kernels/declaration.ts";
import { MOST_RECORD_BYTES } from "../ports/bounded.ts";
import { jobKeys } from "../ports/keys.ts";
import { jsonBytes, type Store } from "../ports/store.ts";
import { variableName } from "../validation/variable-name.ts";
import type { ChunkOf } from "./array-keys.ts";
import { namedAxes } from "./axis-names.ts";
import type { StoredJob } from "./job.ts";

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

/** The objects of the job's group; for a job of a version without groups, the metadata of its array; none where it has no array. */
export function groupObjects(job: GroupOf, declaration: Declaration): GroupObjects {
  const { jobId, spec } = job;
  if (isMap(spec)) return { metadata: new Map(), coordinates: new Map() };
  const { array, zarr } = jobKeys(jobId);
  const arrays = arraysOf(spec);
  if (arrays[0]?.name === undefined)
    return { metadata: new Map([[zarr, loneArray(job)]]), coordinates: new Map() };
  const axes = namedAxes(spec, declaration).map((axis, k) =>
    coordinateArray(axis, spec.axes[k]!, declaration, spec.codec),
  );
  const names = axes.map(({ name }) => name);
  const members = {
    ...Object.fromEntries(
      arrays.map((value, k) => [
        value.name!,
        arrayMetadata(value, names, { ...described(declaration.values[k]!, value.name!), ...mask(value) }),
      ]),
    ),
    ...Object.fromEntries(
      axes.map(({ name, attributes, spec }) => [name, arrayMetadata(spec, [name], attributes)]),
    ),
  };
  const group = {
    zarr_format: 3,
    node_type: "group",
    // Plain numbers and text: xarray cannot export an object, or true, to NetCDF.
    attributes: {
      ...Object.fromEntries(
        Object.entries(spec.parameters).map(([name, value]) => [name, attributeOf(value)]),
      ),
      kernel: spec.kernel,
      ...(spec.hash !== undefined && { kernel_hash: spec.hash }),
      ...((spec.hash !== undefined || spec.seed > 0) && { seed: spec.seed }),
      ...(job.madeBy && spec.hash !== undefined && { manyhands_version: job.madeBy.version }),
      manyhands_job: jobId,
    },
    consolidated_metadata: { kind: "inline", must_understand: false, metadata: members },
  };
  return {
    metadata: new Map([
      [zarr, group],
      ...Object.entries(members).map(([name, metadata]) => [`${array}${name}/zarr.json`, metadata] as const),
    ]),
    coordinates: new Map(axes.map(({ name, spec, values }) => [`${array}${name}/c/0`, { spec, values }])),
  };
}

/** What the group's objects follow from. */
export interface GroupOf extends ChunkOf {
  readonly madeBy?: StoredJob["madeBy"];
}

function coordinateArray(
  { input }: { readonly input: string },
  axis: Axis,
  { inputs }: Declaration,
  codec: ArraySpec["codec"],
) {
  const count = lengthOf(axis);
  const about = inputs[input]!;
  const spec: ArraySpec = { axes: [axis], dtype: "float64", chunkShape: [count], codec };
  // Jobs of versions whose axes had no names called them by what they were about.
  const name = axis.input ?? variableName(about.about);
  const unit = about.kind === "number" ? about.unit : "";
  return {
    name,
    spec,
    values: coordinates(axis, 0, count),
    attributes: { ...described({ about: about.about, unit }, name), ...meanings(axis) },
  };
}

/** Words and truth values are numbers in the array: CF conventions tell which is which. */
function meanings(axis: Axis): object {
  if (axis.rule !== "list" || typeof axis.points[0] === "number") return {};
  return {
    flag_values: [...coordinates(axis, 0, axis.points.length)],
    flag_meanings: axis.points.map((point) => String(point).replaceAll(" ", "_")).join(" "),
  };
}

const attributeOf = (value: InputValue) => (typeof value === "boolean" ? Number(value) : value);

/** Stores the group of a new job. */
export async function putGroup(store: Store, job: GroupOf, declaration: Declaration): Promise<void> {
  await Promise.all(
    [...encoded(groupObjects(job, declaration))].map(([key, bytes]) => store.put(key, bytes)),
  );
}

/**
 * Stores the objects of the group that are absent or damaged. Whole ones stay untouched: in a complete job, a power cut
 * could otherwise damage them, and a later release may have added facts.
 */
export async function mendGroup(store: Store, job: GroupOf, declaration: Declaration): Promise<void> {
  const objects = groupObjects(job, declaration);
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

function described({ about, unit }: { readonly about: string; readonly unit: string }, name: string): object {
  return { long_name: about || name, ...(unit !== "" && { units: unit }) };
}

/** Makes readers that know CF conventions show a missing chunk of counts as NaN; among floats it is NaN already. */
function mask({ dtype }: ArraySpec): object {
  const fill = fillValue(dtype);
  return Number.isNaN(fill) ? {} : { _FillValue: fill };
}

function loneArray({ jobId, spec }: ChunkOf): object {
  const { kernel, parameters, axes } = spec;
  const names = axes.length === 1 ? ["x"] : ["y", "x"];
  return arrayMetadata(arraysOf(spec)[0]!, names, { manyhands: { jobId, kernel, parameters, axes } });
}
