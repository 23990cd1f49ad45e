/** A job from the claim of its folder to its end, on any engine. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  DetachedError,
  type Engine,
  InterruptedError,
  mountsOf,
  type RunResult,
  type Watch,
} from "../client/engines/engine.ts";
import { claimFolder, type HeldClaim } from "../client/job-folder/claim/claim.ts";
import { ClaimLostError } from "../client/job-folder/claim/claim-lost.ts";
import type { PreparedFolder } from "../client/job-folder/folder.ts";
import { removeLeftovers } from "../client/job-folder/leftovers.ts";
import type { JobPlace } from "../client/jobs/job-store.ts";
import { layoutOf } from "../shared/array/layout.ts";
import { isMap } from "../shared/array/spec.ts";
import { Folder } from "../shared/ports/file/folder.ts";
import type { Job } from "../shared/record/job.ts";
import { commandLine, pathOf, placeOf } from "../shared/validation/command-line.ts";
import type { Listeners } from "./options.ts";
import { Progress } from "./progress.ts";
import { reportOf } from "./written-report.ts";

/** A job that is ready to begin, or to go on. */
export interface Ready {
  /** Submitted before, or about to be. */
  readonly job: Pick<Job, "jobId" | "spec" | "declaration" | "output"> & { readonly submittedAtMs?: number };
  readonly prepared: PreparedFolder;
  readonly engine: Engine;
  /** Where the engine's jobs are. */
  readonly at: JobPlace;
  /** What a resumed job had before: chunks stored, as far as its keys tell, and its round. */
  readonly before?: { readonly done: number; readonly round: number };
  /** Options that it was resumed with and that its next resumption needs too. */
  readonly again?: readonly string[];
  /** Runs the job there, or goes on with it. */
  readonly start: (watch: Watch) => Promise<RunResult>;
}

/** A job whose folder is claimed: its engine starts next. */
export interface Begun extends Pick<Ready, "job" | "engine" | "at"> {
  readonly folder: string;
  readonly progress: Progress;
}

/** What is told of a job: to the library's caller, and on its begin to what shows its progress. */
export interface Hearing extends Listeners {
  readonly onBegin?: OnBegin | undefined;
  /** False: no report.html is written. */
  readonly report?: boolean | undefined;
  /** The command that the report shows. */
  readonly command?: string | undefined;
}
export type OnBegin = (begun: Begun) => void;

/** How a job ended. */
export interface Outcome extends RunResult {
  readonly job: Ready["job"];
  readonly engine: string;
  readonly at: JobPlace;
  readonly folder: string;
  /** The number of messages that could not be parsed. */
  readonly rejected: number;
  /** True if a resumed job lacked no chunk. */
  readonly lackedNothing: boolean;
  /** Options that its next resumption needs. */
  readonly again: readonly string[];
}

/**
 * Runs the job to its end, or until the signal is aborted. Rejects with InvalidInputError where another process is at its folder,
 * with ClaimLostError where the folder was taken away, and with InterruptedError, whose message says how to go on.
 */
export async function compute(
  { job, prepared, engine, at, start, before, again = [] }: Ready,
  { signal, onWarning, onBuild, onBegin, report = true, command = "" }: Hearing,
): Promise<Outcome> {
  const { folder } = prepared;
  const { jobId, spec } = job;
  const { total, elements } = layoutOf(spec);
  // A resumed job begins now, whenever it was submitted.
  const beganMsAgo = job.submittedAtMs === undefined || before ? 0 : Date.now() - job.submittedAtMs;
  const progress = new Progress(total, elements, Math.max(beganMsAgo, 0), before?.done);
  const claim = engine.isRemote
    ? undefined
    : await claimed(prepared, engine.isBlocking || before !== undefined, onWarning);
  const stop = aborting(signal, claim?.lost);
  try {
    onBegin?.({ job, engine, at, folder, progress });
    stop.signal.throwIfAborted();
    const page = report
      ? reportOf({ jobId, folder, engine, at, command, signal: stop.signal }, onWarning)
      : undefined;
    const watch = { jobId, folder, progress, onWarning, signal: stop.signal };
    const result = await start({
      ...{ ...watch, onStored: before ? undefined : page?.onStored }, // a resumed job may lack nothing, and keep the report that it has
      ...(onBuild && { onBuild }),
    });
    // Whatever is missing begins a new round.
    const lackedNothing = before?.round === result.summary.round;
    if (!(lackedNothing && existsSync(join(folder, "report.html")))) await page?.write(result);
    return {
      ...result,
      ...{ job, engine: engine.name, at, folder },
      rejected: new Folder(mountsOf(jobId, folder)).list("rejected/").length,
      ...{ lackedNothing, again },
    };
  } catch (error) {
    if (claim?.lost.aborted) throw new ClaimLostError(folder);
    giveBack(prepared, claim);
    // What Ctrl-C reaches besides us, esbuild say, fails in its own way.
    const isInterrupted = error instanceof InterruptedError || stop.signal.aborted;
    if (!isInterrupted || error instanceof DetachedError) throw error;
    const { message = "", goesOn = false } = error instanceof InterruptedError ? error : {};
    const said = message || stopped(progress, isMap(spec), folder, again);
    throw new InterruptedError(said, goesOn, { cause: signal?.reason ?? error });
  } finally {
    stop.over();
    claim?.release();
  }
}

/** A signal of the run's own: engines listen to it to their end, and the caller's may live longer. */
function aborting(...signals: readonly (AbortSignal | undefined)[]) {
  const own = new AbortController();
  const abort = ({ target }: Event) => own.abort((target as AbortSignal).reason);
  for (const signal of signals) {
    if (signal?.aborted) own.abort(signal.reason);
    signal?.addEventListener("abort", abort);
  }
  return {
    signal: own.signal,
    over: () => {
      for (const signal of signals) signal?.removeEventListener("abort", abort);
    },
  };
}

/** The folder as this process's own, free of what killed runs left there. */
async function claimed(
  { folder, takeBack }: PreparedFolder,
  isBlocking: boolean,
  onWarning: Listeners["onWarning"],
): Promise<HeldClaim> {
  const claim = await claimFolder(folder, {
    // A chunk on engine serial, and reading what is stored, may block this thread for minutes. Others leave it free now and
    // then, and short jobs are 30 ms faster without one more thread.
    renewAfterMs: isBlocking ? 0 : 1000,
    ...(onWarning && { onWait: onWarning }),
  }).catch((error: unknown) => {
    takeBack();
    throw error;
  });
  removeLeftovers(folder);
  return claim;
}

/**
 * If the job stored nothing, only the logs of slots without work remain: removes them, so that the folder can be used
 * again.
 */
function giveBack({ folder, takeBack }: PreparedFolder, claim: HeldClaim | undefined): void {
  if (claim) removeLeftovers(folder);
  claim?.release();
  takeBack();
}

function stopped(
  { done, chunks }: Progress,
  isOfItems: boolean,
  folder: string,
  again: readonly string[],
): string {
  const place = placeOf(folder);
  if (!existsSync(join(folder, "job.json"))) return "Interrupted before anything was stored.";
  const what = done < chunks ? "goes on with the others" : "finishes it";
  return `Interrupted: ${done} of ${chunks} ${isOfItems ? "shards" : "chunks"} are stored in ${place}. This ${what}:\n  ${commandLine("resume", pathOf(folder), ...again)}`;
}
