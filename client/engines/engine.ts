import { join } from "node:path";
import type { ReportMessage } from "../../shared/messages/chunk-report.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { isResumption, type Resumption } from "../../shared/messages/resumption.ts";
import type { HandedTo } from "../../shared/plan/planned-deployment.ts";
import { jobPrefix } from "../../shared/ports/keys.ts";
import type { Store, StoreReader } from "../../shared/ports/store.ts";
import type { Counted } from "../../shared/record/attendance.ts";
import type { Segments } from "../../shared/record/segments.ts";
import type { Summary } from "../../shared/record/summary.ts";
import type { JobPlace, JobStore } from "../jobs/job-store.ts";
import type { Hands, Remote, Site } from "../remote/remote.ts";

export { DetachedError, InterruptedError } from "./interrupted.ts";

/** What commands and help know of an engine before they load it. Commands never ask for its name: they ask for these. */
export type Engine = EngineHere | RemoteEngine;

interface Declared {
  readonly name: string;
  /** Where it computes chunks, a clause: --help shows it, and the README's row begins with it. */
  readonly about: string;
  /** Whether there is a fleet to fill, which `--ramp` is about. */
  readonly hasRamp: boolean;
  /** Whether its jobs are billed, or priced as a deployment's: then they may have a limit. */
  readonly isPriced: boolean;
  /** Whether plans know what its jobs take. */
  readonly isPlanned: boolean;
  /** What `--workers` may say at the most, or the clause that says where the number is set instead. */
  readonly workers: { readonly most: number } | { readonly setBy: string };
  /** Whether workers of Python stand in its workers' place where a kernel is Python's. */
  readonly hasPython: boolean;
  /** Whether a chunk may block the main thread for minutes. */
  readonly isBlocking: boolean;
  /** Where its jobs lie. Engines whose jobs lie in one place share one function. */
  readonly jobs: OpenJobs;
  /** Loads what runs its jobs. */
  readonly load: (place: JobPlace) => Promise<Runner>;
}

/** Its jobs lie in folders of this machine. */
interface EngineHere extends Declared {
  readonly isRemote: false;
}

/** Its jobs outlive the process that started them: they have an id in place of a folder here. */
export interface RemoteEngine extends Declared {
  readonly isRemote: true;
  /** The options that say where its jobs are. */
  readonly options: readonly (keyof JobPlace)[];
  /** Whether one of them is enough to mean this engine; else a command that may look here looks here first. */
  readonly isImplied: boolean;
  /** Whether options, or the environment, say where its jobs are. */
  readonly isNamed: (place: JobPlace) => boolean;
  /** Whether there is a place of its jobs where nothing names one. */
  readonly hasUsualPlace: boolean;
  /** The largest `--workers` where nothing names a place: the run then brings a place and workers of its own. Absent where it cannot. */
  readonly mostOwnWorkers?: number;
  readonly withRemote: WithRemote;
}

/** Opens the place and runs `use` with it; what that took is released afterwards. */
export type WithRemote = <Result>(
  place: JobPlace,
  use: (remote: Remote) => Promise<Result>,
  hands?: Hands,
) => Promise<Result>;

export type OpenJobs = (place: JobPlace) => Promise<JobStore>;

/** Runs a job. Engines differ only in how work travels: all run the same three stages. */
export type Runner = (run: Run) => Promise<RunResult>;

/** A running job, and its listeners. */
export interface Watch {
  readonly jobId: string;
  /** The job's folder on this machine. */
  readonly folder: string;
  readonly progress: ProgressListener;
  /** Aborted by Ctrl-C: the engine ends what it started and rejects with InterruptedError. */
  readonly signal: AbortSignal;
  /** Receives a sentence on what may surprise: that no worker is there. */
  readonly onWarning?: ((sentence: string) => void) | undefined;
  /** Called by an engine that has stored all of the job, and waits for what it started to end. */
  readonly onStored?: (() => void) | undefined;
  /** Called before the engine builds what it runs, as it does after the sources changed: that takes seconds. */
  readonly onBuild?: () => void;
}

/** A job to run, or one whose folder is here already and that is to go on. */
export interface Run extends Watch {
  readonly request: JobRequest | Resumption;
  readonly workers: number;
  /**
   * Called where the engine has its deployment open, before anything is sent there: what it gives is said in the request too. Rejects
   * where the job is not to be handed over. Engines on this machine have none.
   */
  readonly plan?: ((there: HandedTo) => Promise<Partial<JobRequest>>) | undefined;
  /** Stores what the job needs beside its request; called before the splitter is asked. */
  readonly prepare?: (store: Pick<Store, "get" | "putIfAbsent">) => Promise<void>;
}

/** What the splitter is invoked with. */
export const splitterEvent = ({ jobId, request }: Pick<Run, "jobId" | "request">) =>
  isResumption(request) ? (request as Resumption) : { ...(request as JobRequest), requestId: jobId };

/** What a look at a job that runs elsewhere found. */
export interface Looked {
  readonly store: Pick<StoreReader, "get">;
  readonly segments: Segments;
}

/** What an engine tells while it runs. Every call is cheap. */
export interface ProgressListener {
  /** Chunks that began (positive) or ended (negative) being worked on. */
  running(change: number): void;
  reported(report: ReportMessage): void;
  /** Chunks whose message used up its attempts. */
  buried(chunks: readonly number[]): void;
  /** All of it at once, where a job is watched from afar: chunks done, failed for good, and being worked on. */
  counted(state: Counted): void;
  /** The keys of its reports, as a look from afar found them, and where they can be read. */
  looked?(at: Looked): void;
  /** Fetched results: `objects` of `of`. */
  fetching(objects: number, of: number): void;
  /** True while the place where the job runs cannot be asked; false once it can again. */
  lost(isLost: boolean): void;
}

export const PHASES = ["startUp", "split", "compute", "aggregate", "plots", "shutDown"] as const;
/** Wall time (ms) of each phase; `startUp` counts from the start of this process. */
export type PhasesMs = Record<(typeof PHASES)[number], number>;
/** The phases of a remote job: it does not show when drawing began, but its results are fetched. */
const REMOTE_PHASES = ["startUp", "split", "compute", "aggregate", "fetch"] as const;
export type RemotePhasesMs = Record<(typeof REMOTE_PHASES)[number], number>;

export interface RunResult {
  readonly summary: Summary;
  readonly phasesMs: PhasesMs | RemotePhasesMs;
  /** Where the job ran, if not on this machine. */
  readonly site?: Site;
  /** What of its results was brought to this machine; absent where they were written here. */
  readonly fetched?: "all" | "pictures";
}

/** The job's part of the bucket as a folder of its own. */
export function mountsOf(jobId: string, folder: string): Record<string, string> {
  return { [jobPrefix(jobId)]: folder, "rejected/": join(folder, "rejected") };
}
