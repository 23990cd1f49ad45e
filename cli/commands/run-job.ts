import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  DetachedError,
  type Engine,
  InterruptedError,
  mountsOf,
  type RunResult,
  type Watch,
} from "../../client/engines/engine.ts";
import { claimFolder, type HeldClaim } from "../../client/job-folder/claim/claim.ts";
import { ClaimLostError } from "../../client/job-folder/claim/claim-lost.ts";
import type { PreparedFolder } from "../../client/job-folder/folder.ts";
import { removeLeftovers } from "../../client/job-folder/leftovers.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { isMap } from "../../shared/array/spec.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import type { Job } from "../../shared/record/job.ts";
import { commandLine, pathOf, placeOf } from "../../shared/validation/command-line.ts";
import { referenceSum } from "../request/references.ts";
import { printDebug } from "../terminal/debug.ts";
import { isDrawable } from "../terminal/drawable.ts";
import { EXIT_CODES, exitCodeOfJob } from "../terminal/exit-codes.ts";
import { listenForInterruption } from "../terminal/interruption.ts";
import { asJson, asText, remarksOn } from "../terminal/outcome.ts";
import { Progress } from "../terminal/progress.ts";
import { jsonLine } from "../terminal/text.ts";

export interface RunJob {
  /** Submitted before, or about to be. */
  readonly job: Pick<Job, "jobId" | "spec"> & { readonly submittedAtMs?: number };
  readonly prepared: PreparedFolder;
  readonly engine: Engine;
  /** The deployment that the job runs on, where the engine is a remote one. */
  readonly stack: string;
  /** What a resumed job had before: chunks stored, as far as its keys tell, and its round. */
  readonly before?: { readonly done: number; readonly round: number };
  /** Runs the job there, or goes on with it. */
  readonly start: (watch: Watch) => Promise<RunResult>;
}

export interface Verbosity {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Runs the job with progress and Ctrl-C, and prints how it ended. Returns the exit code. */
export async function runJob(
  { job, prepared, engine, stack, start, before }: RunJob,
  { json, quiet }: Verbosity,
): Promise<number> {
  const { folder } = prepared;
  const { total, elements } = layoutOf(job.spec);
  // A resumed job begins now, whenever it was submitted.
  const beganMsAgo = job.submittedAtMs === undefined || before ? 0 : Date.now() - job.submittedAtMs;
  const progress = new Progress(total, elements, Math.max(beganMsAgo, 0), before?.done);
  const isBlocking = engine.isBlocking || before !== undefined;
  const claim = engine.isRemote ? undefined : await claimed(prepared, isBlocking, quiet);
  const interruption = listenForInterruption();
  const signal = claim ? AbortSignal.any([interruption.signal, claim.lost]) : interruption.signal;
  // Loaded where it is looked at only, as what asks questions.
  const isSilent = quiet || json;
  const isDrawn = !isSilent && isDrawable();
  const drawn = isDrawn ? await import("../terminal/progress-bar.ts") : undefined;
  const isOfItems = isMap(job.spec);
  const draw = () => drawn?.drawProgress(progress, isOfItems ? drawn.OF_ITEMS : undefined) ?? (() => {});
  let clearProgress = draw();
  const onBuild = () => {
    clearProgress();
    if (!isSilent) process.stderr.write("Building the workers once, a few seconds …\n");
    clearProgress = draw();
  };
  try {
    const result = await start({ jobId: job.jobId, folder, progress, signal, onBuild });
    clearProgress();
    const outcome = {
      ...result,
      engine: engine.name,
      folder,
      reference: referenceSum(job.spec),
      // Whatever is missing begins a new round.
      lackedNothing: before?.round === result.summary.round,
      rejected: new Folder(mountsOf(job.jobId, folder)).list("rejected/").length,
    };
    if (json) process.stdout.write(jsonLine(asJson(outcome)));
    else if (!quiet) {
      process.stdout.write(asText(outcome));
      process.stderr.write(remarksOn(outcome));
    }
    return exitCodeOfJob(result.summary);
  } catch (error) {
    clearProgress();
    if (claim?.lost.aborted) throw new ClaimLostError(folder);
    giveBack(prepared, claim);
    // What Ctrl-C reaches besides us, esbuild say, fails in its own way.
    if (!(error instanceof InterruptedError || signal.aborted)) throw error;
    const said = error instanceof InterruptedError && error.message;
    process.stderr.write(`${said || stopped(progress, folder, isOfItems)}\n`);
    const goesOn = error instanceof InterruptedError && error.goesOn;
    if (error instanceof DetachedError) printDebug(error.cause);
    if (goesOn && !quiet && !json) await offerToCancel(engine, stack, job.jobId);
    return error instanceof DetachedError ? EXIT_CODES.failed : EXIT_CODES.interrupted;
  } finally {
    interruption.over();
    claim?.release();
  }
}

/** The folder as this process's own, free of what killed runs left there. */
async function claimed(
  { folder, takeBack }: PreparedFolder,
  isBlocking: boolean,
  quiet?: boolean,
): Promise<HeldClaim> {
  const claim = await claimFolder(folder, {
    // A chunk on engine serial, and reading what is stored, may block this thread for minutes. Others leave it free now and
    // then, and short jobs are 30 ms faster without one more thread.
    renewAfterMs: isBlocking ? 0 : 1000,
    onWait: (sentence) => quiet || process.stderr.write(`${sentence}\n`),
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

function stopped({ done, chunks }: Progress, folder: string, isOfItems: boolean): string {
  const place = placeOf(folder);
  if (!existsSync(join(folder, "job.json"))) return "Interrupted before anything was stored.";
  const what = done < chunks ? "goes on with the others" : "finishes it";
  return `Interrupted: ${done} of ${chunks} ${isOfItems ? "shards" : "chunks"} are stored in ${place}. This ${what}:\n  ${commandLine("resume", pathOf(folder))}`;
}

/** Ctrl-C leaves a remote job to itself; a caller who wanted to stop it is asked. */
async function offerToCancel({ jobs }: Engine, stack: string, jobId: string): Promise<void> {
  const { ask, isAnybodyThere } = await import("../terminal/ask.ts");
  if (!isAnybodyThere() || (await ask("Cancel it instead?")) !== "yes") return;
  const { sentence } = await (await jobs({ stack })).withJob(jobId, (found) => found.cancel());
  process.stderr.write(`${sentence}\n`);
}
