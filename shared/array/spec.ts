import * as v from "valibot";
import { MOST_AXES, MOST_VALUES } from "../kernels/declaration.ts";
import { BYTES_PER_ELEMENT, DTYPES, type Dtype } from "../kernels/dtype.ts";
import { whole } from "../validation/numbers.ts";
import { oneOf } from "../validation/parse.ts";
import { VARIABLE_NAME } from "../validation/variable-name.ts";
import { AxisSchema, inputValue } from "./grid.ts";

export const CODECS = ["none", "gzip", "zstd"] as const;
export type Codec = (typeof CODECS)[number];

const chunkSide = v.pipe(
  v.number("a whole number"),
  v.integer("a whole number"),
  v.minValue(1, "at least 1"),
  v.maxValue(1e10, "at most 10000000000"),
);
const anyAxes = `a list of one to ${MOST_AXES}`;
export const sides = v.pipe(
  v.array(chunkSide, `${anyAxes} whole numbers`),
  v.minLength(1, `${anyAxes} whole numbers`),
  v.maxLength(MOST_AXES, `${anyAxes} whole numbers`),
);

const valueName = v.pipe(
  v.string("text"),
  v.regex(new RegExp(`^${VARIABLE_NAME}$`), "the name of a variable"),
);

/** One of a job's arrays: they have the same axes and chunks. */
const ArrayValueSchema = v.object({
  /** The array's name in its group. Absent in stored jobs of a version whose `array/` was an array and no group. */
  name: v.optional(valueName),
  dtype: oneOf(DTYPES),
});

const HASH = /^[0-9a-f]{16,64}$/;
/** What a kernel's bits depend on. */
export const KernelHashSchema = v.pipe(v.string("text"), v.regex(HASH, "16 to 64 hexadecimal digits"));

const common = {
  kernel: v.string("the name of a kernel"),
  /** Absent in jobs of versions that noted it elsewhere. */
  hash: v.optional(KernelHashSchema),
  /** The inputs that are held fixed. */
  parameters: v.record(v.string(), inputValue),
  axes: v.pipe(v.array(AxisSchema), v.minLength(1, anyAxes), v.maxLength(MOST_AXES, anyAxes)),
  chunkShape: sides,
  codec: oneOf(CODECS),
  /** What random numbers follow from, with a cell's place. */
  seed: v.optional(whole(0), 0),
};

const Spec = v.object({
  ...common,
  /** None where a task maps items: then the one axis is that of the items, and a chunk is a shard of them. */
  values: v.pipe(
    v.array(ArrayValueSchema, "a list of values"),
    v.maxLength(MOST_VALUES, `a list of at most ${MOST_VALUES} values`),
  ),
});
type Spec = v.InferOutput<typeof Spec>;

/** A spec of versions with one value, whose name and type stood beside the other fields. */
const FormerSpec = v.pipe(
  v.object({ ...common, dtype: oneOf(DTYPES), value: v.optional(valueName) }),
  v.transform(
    ({ dtype, value: name, ...spec }): Spec => ({
      ...spec,
      values: [{ dtype, ...(name !== undefined && { name }) }],
    }),
  ),
);

/** The resolved input of a job's bytes. */
export const JobSpecSchema = v.lazy((given): v.GenericSchema<unknown, Spec> => {
  const isFormer = typeof given === "object" && given !== null && Object.hasOwn(given, "dtype");
  return isFormer ? FormerSpec : Spec;
});
export type JobSpec = v.InferOutput<typeof JobSpecSchema>;

/** One of the job's arrays, as its codec needs it. */
export interface ArraySpec extends Pick<JobSpec, "axes" | "chunkShape" | "codec"> {
  readonly name?: string | undefined;
  readonly dtype: Dtype;
}

const known = new WeakMap<object, readonly ArraySpec[]>();

/** The job's arrays, one a value: made once for each spec. */
export function arraysOf(
  spec: Pick<JobSpec, "axes" | "chunkShape" | "codec" | "values">,
): readonly ArraySpec[] {
  const before = known.get(spec);
  if (before) return before;
  const { axes, chunkShape, codec, values } = spec;
  const arrays = values.map(({ name, dtype }) => ({ axes, chunkShape, codec, name, dtype }));
  known.set(spec, arrays);
  return arrays;
}

/** Whether the job maps a task over items, and has no array. */
export const isMap = ({ values }: Pick<JobSpec, "values">): boolean => values.length === 0;

/** The bytes of a cell, all values together. */
export function cellBytes({ values }: Pick<JobSpec, "values">): number {
  return values.reduce((bytes, { dtype }) => bytes + BYTES_PER_ELEMENT[dtype], 0);
}
