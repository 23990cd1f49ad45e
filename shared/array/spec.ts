import * as v from "valibot";
import { DTYPES } from "../kernels/kernel.ts";
import { oneOf } from "../validation/parse.ts";
import { VARIABLE_NAME } from "../validation/variable-name.ts";
import { AxisSchema } from "./grid.ts";

export const CODECS = ["none", "gzip", "zstd"] as const;
export type Codec = (typeof CODECS)[number];

const chunkSide = v.pipe(
  v.number("a whole number"),
  v.integer("a whole number"),
  v.minValue(1, "at least 1"),
  v.maxValue(1e10, "at most 10000000000"),
);
export const sides = v.pipe(
  v.array(chunkSide, "a list of one or two whole numbers"),
  v.minLength(1),
  v.maxLength(2),
);

/** The resolved input of a chunk's bytes: a chunk message carries this and its chunk indices. */
export const JobSpecSchema = v.object({
  kernel: v.string("the name of a kernel"),
  parameters: v.record(v.string(), v.number("a number")),
  axes: v.pipe(v.array(AxisSchema), v.minLength(1), v.maxLength(2)),
  dtype: oneOf(DTYPES),
  chunkShape: sides,
  codec: oneOf(CODECS),
  /** The array's name in its group. Absent in stored jobs of a version whose `array/` was an array and no group. */
  value: v.optional(
    v.pipe(v.string("text"), v.regex(new RegExp(`^${VARIABLE_NAME}$`), "the name of a variable")),
  ),
});
export type JobSpec = v.InferOutput<typeof JobSpecSchema>;
