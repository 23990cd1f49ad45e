import * as v from "valibot";

export const JobIdSchema = v.pipe(
  v.string("text"),
  v.regex(/^[a-z0-9-]{1,64}$/, "1 to 64 characters of a-z, 0-9 and -"),
);

/** Of a new job: an id that begins with a dash would look like an option. Jobs that have one already stay readable. */
export const NewJobIdSchema = v.pipe(
  JobIdSchema,
  v.regex(/^[^-](.*[^-])?$/, "one that begins and ends with a letter or a digit"),
);
