/** `manyhands`: the library. */
import type { KernelSource, TaskSource } from "../shared/kernels/authoring.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import type { OnBegin } from "./compute.ts";
import type { AnyInputs, InputNames, InputsOf, ItemOf, ValueOf } from "./inputs.ts";
import { type ItemsAsked, itemsAsked } from "./items-asked.ts";
import { endOf, resultOf } from "./job-outcome.ts";
import { type KernelAsked, kernelAsked } from "./kernel-asked.ts";
import { requestFor } from "./kernel-request.ts";
import { expectKnown } from "./known-options.ts";
import { mapItems } from "./map-items.ts";
import { openJob } from "./opened-job.ts";
import type {
  AttachOptions,
  EngineOptions,
  MapOptions,
  OpenOptions,
  PlanOptions,
  RequestOptions,
  RunOptions,
  SubmitOptions,
  SubmitRequestOptions,
  TuneOptions,
} from "./options.ts";
import { planned } from "./plan-job.ts";
import type { JobPlan } from "./plan-records.ts";
import { wholeRequest } from "./request-asked.ts";
import type { Job, MapJob, OpenedJob, ResultOf, SubmittedJob } from "./results.ts";
import { runArray } from "./run-array.ts";
import { RunningJob, RunningMap } from "./running-job.ts";
import { attached, submitted } from "./submitted-job.ts";
import { tuned } from "./tune-job.ts";
import type { Tuning } from "./tune-records.ts";

export { CloudError } from "../client/cloud/cloud-errors.ts";
export { DetachedError, InterruptedError } from "../client/engines/interrupted.ts";
export { LocalEngineError } from "../client/engines/local-engine-error.ts";
export { ClaimLostError } from "../client/job-folder/claim/claim-lost.ts";
export { RedisError } from "../client/redis/redis-error.ts";
export { StageError } from "../client/remote/stage-error.ts";
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
export type * from "./plan-records.ts";
export type * from "./records.ts";
export type * from "./results.ts";
export type * from "./tune-records.ts";

/**
 * Computes an array and returns at once: a job that is awaited, or whose progress is looped over. The kernel is the default export of its
 * file, the path or the URL of such a file, or the name of a built-in one. Workers are built from that file, with all that it imports. The
 * job rejects with InvalidInputError before anything is started, and with InterruptedError where the option `signal` is aborted; a job some
 * of whose chunks failed resolves, and `summary.state` says so.
 * @example
 * import spot from "./spot.ts";
 * const job = run(spot, { spot: { from: 80, to: 120 }, method: ["euler", "rk4"] }, { engine: "threads", points: [400] });
 * for await (const { done, chunks } of job) console.log(`${done} of ${chunks}`);
 * const { array, summary } = await job;
 */
export function run<Kernel extends KernelSource>(
  kernel: Kernel,
  inputs?: InputsOf<Kernel>,
  options?: RunOptions<InputNames<Kernel>>,
): Job<ResultOf<Kernel>>;
/** Computes an array by the path or URL of a kernel's file, or the name of a built-in kernel. */
export function run(kernel: string | URL, inputs?: AnyInputs, options?: RunOptions): Job;
/** Computes an array by a whole request, as docs/request.md describes it. */
export function run(request: RequestOptions): Job;
export function run(asked: KernelAsked | RequestOptions, inputs?: AnyInputs, options: RunOptions = {}): Job {
  if (!isRequest(asked)) return started(options, "run", () => requestFor(asked, inputs, options));
  return started(asked, "request", () => onlyRequest(asked, inputs, options));
}

function started(
  options: EngineOptions & Pick<RunOptions, "jobId" | "ramp">,
  kind: "run" | "request",
  requested: () => ReturnType<typeof requestFor>,
): Job {
  const work = async (onBegin: OnBegin) => {
    expectKnown(options, kind);
    return runArray(requested, options, { onBegin });
  };
  return new RunningJob(work, resultOf);
}

/** Throws InvalidInputError where inputs or options come beside it: they would not be heard of. */
async function onlyRequest(
  asked: Pick<RequestOptions, "request" | "python">,
  inputs?: AnyInputs,
  options?: object,
) {
  if (inputs === undefined && Object.keys(options ?? {}).length === 0) return wholeRequest(asked, "request");
  const where = "It has the inputs, and options stand beside `request` in the same object.";
  throw new InvalidInputError("the request", "the only argument", "inputs or options after it", where);
}

/** A kernel has no request. */
const isRequest = <Request extends { readonly request: unknown }>(
  asked: KernelAsked | Request,
): asked is Request => typeof asked === "object" && asked !== null && "request" in asked;

/**
 * Says what an array will take and cost on each engine, with 80 % intervals, before anything of it is sent. It computes pieces of the
 * chunks here, for at most a second of CPU time. Runs that the command line compared with its plans correct it; it keeps nothing itself.
 * @example
 * const { verdict, engines } = await plan("./spot.ts", { depth: 50 }, { points: [400] });
 * if (engines.threads.seconds.expected > 600) console.log(verdict);
 */
export async function plan<Kernel extends KernelSource>(
  kernel: Kernel | string | URL,
  inputs?: InputsOf<Kernel>,
  options: PlanOptions<InputNames<Kernel>> = {},
): Promise<JobPlan> {
  expectKnown(options, "plan");
  return planned(() => requestFor(kernel, inputs, options), options);
}

/**
 * Finds which deployment suits an array's job: it is simulated on thousands of them, by pieces of its chunks that are computed here, for at
 * most a second.
 * @example
 * const { knee, verdict } = await tune("./spot.ts", { depth: 50 }, { points: [4000] });
 * const { memoryMb, architecture, maxConcurrency, burstConcurrency } = knee; // as FanOutProps and `cdk deploy -c` have them
 */
export async function tune<Kernel extends KernelSource>(
  kernel: Kernel | string | URL,
  inputs?: InputsOf<Kernel>,
  options: TuneOptions<InputNames<Kernel>> = {},
): Promise<Tuning> {
  expectKnown(options, "tune");
  return tuned(() => requestFor(kernel, inputs, options), options);
}

/**
 * Maps a task over items and returns at once. The items are a list, what a generator gives, or the path of a file of JSON lines. The loop
 * gets each item's value, or its error, in the order of the items.
 * @example
 * import title from "./title.ts";
 * for await (const { index, value, error } of map(title, [{ url: "http://127.0.0.1/" }], { concurrency: 8 }))
 *   console.log(index, error ?? value);
 */
export function map<Task extends TaskSource>(
  task: Task,
  items: Iterable<ItemOf<Task>> | AsyncIterable<ItemOf<Task>> | string | URL,
  options?: MapOptions,
): MapJob<ValueOf<Task>>;
/** Maps the task of a file, by its path or URL. */
export function map(
  task: string | URL,
  items: Iterable<unknown> | AsyncIterable<unknown> | string | URL,
  options?: MapOptions,
): MapJob;
export function map(task: TaskSource | string | URL, items: ItemsAsked, options: MapOptions = {}): MapJob {
  const work = async (onBegin: OnBegin) => {
    expectKnown(options, "map");
    return mapItems(
      () => kernelAsked(task, options),
      () => itemsAsked(items, options.signal),
      options,
      { onBegin },
    );
  };
  return new RunningMap(work, endOf);
}

/**
 * Hands a job over to a deployment, or to a Redis, and resolves once its chunk messages are sent: the job goes on there, whatever becomes of this process.
 * @example
 * const { jobId } = await submit("./spot.ts", { depth: 50 }, { stack: "Manyhands", points: [400] });
 * const { array } = await attach(jobId);
 */
export function submit<Kernel extends KernelSource>(
  kernel: Kernel,
  inputs?: InputsOf<Kernel>,
  options?: SubmitOptions<InputNames<Kernel>>,
): Promise<SubmittedJob<ResultOf<Kernel>>>;
/** Hands over a job of a kernel's file, by its path or URL, or of a built-in kernel by its name. */
export function submit(
  kernel: string | URL,
  inputs?: AnyInputs,
  options?: SubmitOptions,
): Promise<SubmittedJob>;
/** Hands over a whole request. */
export function submit(request: SubmitRequestOptions): Promise<SubmittedJob>;
export async function submit(
  asked: KernelAsked | SubmitRequestOptions,
  inputs?: AnyInputs,
  options: SubmitOptions = {},
): Promise<SubmittedJob> {
  if (isRequest(asked)) {
    expectKnown(asked, "submitRequest");
    return submitted(() => onlyRequest(asked, inputs, options), asked);
  }
  expectKnown(options, "submit");
  return submitted(() => requestFor(asked, inputs, options), options);
}

/**
 * Follows a job of a deployment or a Redis to its end and brings its results here, as `run` does on engines aws and redis. Where the option `signal` is aborted,
 * the job goes on there.
 */
export function attach(jobId: string, options: AttachOptions = {}): Job {
  return attached(jobId, options);
}

/**
 * Opens a job: a folder, an id below results/, or with the options `stack`, `redis` or `engine` a job of a deployment or a Redis. It may have ended or
 * not. Rejects with InvalidInputError where there is none.
 * @example
 * const old = await open("results/my-job");
 * const { state } = await old.status();
 * if (state !== "complete") await old.resume();
 * const { isEqual } = await old.verify({ chunks: "all" });
 */
export async function open(job: string | URL, options: OpenOptions = {}): Promise<OpenedJob> {
  return openJob(job, options);
}
