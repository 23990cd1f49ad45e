import * as v from "valibot";
import { parse } from "../validation/parse.ts";

export const JobIdSchema = v.pipe(
  v.string("text"),
  v.regex(/^[a-z0-9-]{1,64}$/, "1 to 64 characters of a-z, 0-9 and -"),
);

/** The id of a new job: it must not begin with a dash, which would look like an option. Ids of existing jobs may. */
export const NewJobIdSchema = v.pipe(
  JobIdSchema,
  v.regex(/^[^-](.*[^-])?$/, "one that begins and ends with a letter or a digit"),
);

/** Checks a job id that a user typed. Throws InvalidInputError. */
export function jobIdOf(text: string): string {
  return parse(JobIdSchema, text, "job");
}
