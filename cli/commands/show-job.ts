import type { Begun, Hearing, Outcome } from "../../api/compute.ts";
import type { Progress } from "../../api/progress.ts";
import { DetachedError, InterruptedError } from "../../client/engines/engine.ts";
import { isMap } from "../../shared/array/spec.ts";
import { inWords } from "../../shared/record/attendance.ts";
import { referenceSum } from "../request/references.ts";
import { commandTyped } from "../terminal/command-typed.ts";
import { printDebug } from "../terminal/debug.ts";
import { isDrawable } from "../terminal/drawable.ts";
import { EXIT_CODES, exitCodeOfJob } from "../terminal/exit-codes.ts";
import { type Interruption, listenForInterruption } from "../terminal/interruption.ts";
import { notify } from "../terminal/notify.ts";
import { asJson, asText, remarksOn } from "../terminal/outcome.ts";
import { jsonLine } from "../terminal/text.ts";
import type { ShownPage } from "./shown-page.ts";

export interface Verbosity {
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** Also shows the job on a page of this machine. */
  readonly watch?: boolean;
  /** False: no browser is opened for it. */
  readonly open?: boolean;
  /** Tells a user who has turned away that a job of over a minute has ended. */
  readonly notify?: boolean;
  /** False: no report.html is written. */
  readonly report?: boolean;
}

/** Does what writes to the terminal, or asks there, in place of the progress that is drawn. */
type Aside = (action: () => Promise<void>) => Promise<void>;

/**
 * Starts a job of the library with progress and Ctrl-C, and prints how it ended. Returns the exit code. Until the job begins signals end the
 * process as they do any other.
 */
export async function showJob(
  start: (hearing: Hearing, aside: Aside) => Promise<Outcome>,
  { json, quiet, watch, open, notify: notifies, report }: Verbosity,
): Promise<number> {
  const controller = new AbortController();
  let interruption: Interruption | undefined;
  // Loaded where it is looked at only, as what asks questions.
  const isSilent = quiet || json;
  const isDrawn = !isSilent && isDrawable();
  const drawn = isDrawn ? await import("../terminal/progress-bar.ts") : undefined;
  const shown = watch ? await import("./shown-page.ts") : undefined;
  let page: ShownPage | undefined;
  let begun: Begun | undefined;
  let beganMs = 0;
  let isTold = !notifies;
  const tellEnd = (state: string) => {
    if (isTold || !begun) return;
    isTold = true;
    notify({ jobId: begun.job.jobId, state, ms: performance.now() - beganMs });
  };
  const draw = (progress: Progress, isOfItems: boolean) =>
    drawn?.drawProgress(progress, isOfItems ? drawn.OF_ITEMS : undefined) ?? (() => {});
  let clearProgress = () => {};
  const drawAgain = () => {
    if (begun) clearProgress = draw(begun.progress, isMap(begun.job.spec));
  };
  const aside: Aside = async (action) => {
    clearProgress();
    await action();
    drawAgain();
  };
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
  try {
    const outcome = await start(
      {
        ...{ signal: controller.signal, report, command: commandTyped() },
        ...(!quiet && {
          onWarning: (sentence) => {
            clearProgress();
            say(sentence);
            drawAgain();
          },
        }),
        onBuild: () => {
          clearProgress();
          if (!isSilent) say("Building the workers once, a few seconds …");
          drawAgain();
        },
        onBegin: (job) => {
          interruption = listenForInterruption(controller);
          begun = job;
          beganMs = performance.now();
          drawAgain();
          page = shown?.showPage(job, open !== false, (sentence) => {
            if (quiet) return;
            clearProgress();
            say(sentence);
            drawAgain();
          });
          if (!isDrawn && !quiet) sayWhenUnattended(job, say);
        },
      },
      aside,
    );
    clearProgress();
    const told = { ...outcome, reference: referenceSum(outcome.job.spec) };
    if (json) process.stdout.write(jsonLine(asJson(told)));
    else if (!quiet) {
      process.stdout.write(asText(told));
      process.stderr.write(remarksOn(told));
    }
    tellEnd(outcome.summary.state);
    await page?.end(outcome.summary.state, outcome.summary, controller.signal);
    return exitCodeOfJob(outcome.summary);
  } catch (error) {
    clearProgress();
    const isLost = error instanceof DetachedError;
    if (!controller.signal.aborted) tellEnd(isLost ? "out of sight, not stopped" : "stopped by an error");
    if (!(error instanceof InterruptedError)) throw error;
    say(error.message);
    await page?.end("interrupted", undefined, AbortSignal.timeout(500));
    if (isLost) printDebug(error.cause);
    if (error.goesOn && !isSilent && begun) await offerToCancel(begun);
    return isLost ? EXIT_CODES.failed : EXIT_CODES.interrupted;
  } finally {
    interruption?.over();
  }
}

/** Once, where no line is drawn that would say so. */
function sayWhenUnattended({ job, progress }: Begun, say: (sentence: string) => void): void {
  progress.onChange = () => {
    if (!progress.isUnattended) return;
    progress.onChange = undefined;
    say(`Job ${job.jobId} waits for workers: ${inWords(progress)}.`);
  };
}

/** Ctrl-C leaves a remote job to itself; a caller who wanted to stop it is asked. */
async function offerToCancel({ engine, at, job: { jobId } }: Begun): Promise<void> {
  const { ask, isAnybodyThere } = await import("../terminal/ask.ts");
  if (!isAnybodyThere() || (await ask("Cancel it instead?")) !== "yes") return;
  const { sentence } = await (await engine.jobs(at)).withJob(jobId, (found) => found.cancel());
  process.stderr.write(`${sentence}\n`);
}
