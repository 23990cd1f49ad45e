import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { ChunkMessageSchema } from "../../shared/messages/chunk-message.ts";
import { ReportMessageSchema } from "../../shared/messages/chunk-report.ts";
import { StoredJobSchema } from "../../shared/record/job.ts";

interface Described {
  readonly schema: v.GenericSchema;
  readonly title: string;
  readonly description: string;
}

/** By the file's name below docs/schemas. */
const DOCUMENTS: Readonly<Record<string, Described>> = {
  "chunk-message.json": {
    schema: ChunkMessageSchema,
    title: "Chunk message",
    description:
      "The body of a message on the chunk queue. A dead letter is the same body on the dead-letter queue.",
  },
  "chunk-report.json": {
    schema: ReportMessageSchema,
    title: "Chunk report",
    description: "The body of a message that a worker sends to the result queue.",
  },
  "job.json": {
    schema: StoredJobSchema,
    title: "Job",
    description: "The object jobs/<job id>/job.json.",
  },
};

/**
 * What the protocol's messages and records are, as JSON Schemas (draft 7) by their files' names. They say what a writer must give: a field
 * with a default may be absent. A reader ignores fields that they do not name.
 */
export function protocolSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(DOCUMENTS).map(([name, { schema, title, description }]) => {
      // "ignore": a number in JSON is finite anyhow; and job limits, which compare fields, stand in docs/limits.md.
      const { $schema, ...rest } = toJsonSchema(schema, { typeMode: "input", errorMode: "ignore" });
      return [name, `${JSON.stringify({ $schema, title, description, ...rest }, null, 2)}\n`];
    }),
  );
}
