import * as v from "valibot";
import { count, finite } from "../validation/numbers.ts";

/** What one stage asks of the services, by kind. */
const RequestsSchema = v.object({
  invocations: count,
  /** SQS: batches that are sent, received and deleted, and questions how full a queue is. */
  ...{ send: count, receive: count, delete: count, depth: count },
  /** S3: objects that are stored and read, and pages of a listing. */
  ...{ put: count, get: count, list: count },
});
export type Requests = v.InferOutput<typeof RequestsSchema>;

/** What a round of a job is going to be, known before anything is sent. Seconds are by the estimate, bytes before compression. */
export const PlanSchema = v.object({
  chunks: count,
  messages: count,
  /** How many share the messages for the makespan. */
  workers: count,
  seconds: v.object({
    /** All threads together. */
    compute: finite,
    /** All workers together: a message occupies its worker for at least as long as its longest chunk occupies a thread. */
    busy: finite,
    heaviestMessage: finite,
    /** The least time that `workers` can take, all there from the start. */
    makespan: finite,
  }),
  bytes: v.object({ array: finite, messages: count }),
  requests: v.object({ splitter: RequestsSchema, worker: RequestsSchema, aggregator: RequestsSchema }),
});
export type Plan = v.InferOutput<typeof PlanSchema>;
