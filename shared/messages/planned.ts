import * as v from "valibot";
import { finite } from "../validation/numbers.ts";

const range = v.object({ low: finite, expected: finite, high: finite });

/** What a plan said of a job on its engine before it began: kept beside what happened. */
export const PlannedSchema = v.object({
  /** From its start to its end. */
  seconds: range,
  /** 0 where the job runs on one machine only. */
  usd: range,
  /** The prices' date, YYYY-MM-DD. */
  pricesDate: v.pipe(v.string("a date"), v.maxLength(10)),
});
export type Planned = v.InferOutput<typeof PlannedSchema>;
