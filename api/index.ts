/** `manyhands`: the library. */
import type { KernelSource, TaskSource } from "../shared/kernels/authoring.ts";
import type { AnyInputs, InputNames, InputsOf, ItemOf, ValueOf } from "./inputs.ts";
import type {
  AttachOptions,
  MapOptions,
  OpenOptions,
  RequestOptions,
  RunOptions,
  SubmitOptions,
} from "./options.ts";
import type { Job, JobResult, MapJob, OpenedJob, ResultOf, SubmittedJob } from "./results.ts";

export { CloudError } from "../client/cloud/cloud-errors.ts";
export { DetachedError, InterruptedError } from "../client/engines/interrupted.ts";
export { ClaimLostError } from "../client/job-folder/claim/claim-lost.ts";
export type {
  ChunkArray,
  Dtype,
  InputValue,
  Json,
  KernelSource,
  TaskSource,
} from "../shared/kernels/authoring.ts";
export {
  CorruptChunkError,
  InvalidInputError,
  JobConflictError,
  ManyhandsError,
  NewerVersionError,
} from "../shared/validation/errors.ts";
export type * from "./inputs.ts";
export type * from "./options.ts";
export type * from "./records.ts";
export type * from "./results.ts";

/**
 * Computes an array and returns at once: a job that is awaited, or whose progress is looped over. The kernel is the default export of its
 * file, the path of such a file, or the name of a built-in one.
 * @example
 * import spot from "./spot.ts";
 * const job = run(spot, { spot: { from: 80, to: 120 }, method: ["euler", "rk4"] }, { engine: "threads", points: [400] });
 * const { array, summary } = await job;
 */
export function run<Kernel extends KernelSource>(
  kernel: Kernel,
  inputs?: InputsOf<Kernel>,
  options?: RunOptions<InputNames<Kernel>>,
): Job<ResultOf<Kernel>>;
export function run(kernel: string | URL, inputs?: AnyInputs, options?: RunOptions): Job;
export function run(request: RequestOptions): Job;
export function run(..._given: unknown[]): Job {
  throw new Error("not yet");
}

/** Maps a task over items. */
export function map<Task extends TaskSource>(
  task: Task,
  items: Iterable<ItemOf<Task>> | AsyncIterable<ItemOf<Task>> | string | URL,
  options?: MapOptions,
): MapJob<ValueOf<Task>>;
export function map(
  task: string | URL,
  items: Iterable<unknown> | AsyncIterable<unknown> | string | URL,
  options?: MapOptions,
): MapJob;
export function map(..._given: unknown[]): MapJob {
  throw new Error("not yet");
}

/** Hands a job over to a deployment. */
export function submit<Kernel extends KernelSource>(
  kernel: Kernel,
  inputs?: InputsOf<Kernel>,
  options?: SubmitOptions<InputNames<Kernel>>,
): Promise<SubmittedJob<ResultOf<Kernel>>>;
export function submit(
  kernel: string | URL,
  inputs?: AnyInputs,
  options?: SubmitOptions,
): Promise<SubmittedJob>;
export async function submit(..._given: unknown[]): Promise<SubmittedJob> {
  throw new Error("not yet");
}

/** Follows a job of a deployment to its end and brings its results. */
export function attach(_jobId: string, _options?: AttachOptions): Job<JobResult> {
  throw new Error("not yet");
}

/** Opens a job. */
export async function open(_job: string | URL, _options?: OpenOptions): Promise<OpenedJob> {
  throw new Error("not yet");
}
