/** Jobs of the command line's engines in this process, and what they took. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Progress } from "../../api/progress.ts";
import type { PhasesMs, Runner } from "../../client/engines/engine.ts";
import { type LocalOptions, localEngine } from "../../client/engines/local.ts";
import type { ReportMessage } from "../../shared/messages/chunk-report.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import type { Submission } from "../../shared/record/submission.ts";
import { usedHere, watchProcesses } from "./processes.ts";

export const JOB_ID = "measured";
const MOST_CHUNKS = 1_000_000;

/** `folder` is the job's. Each report is also given to `reported`; `progressed` are the chunks that the progress counted. */
export async function runJob(
  engine: Runner,
  folder: string,
  request: JobRequest,
  { workers = 2, reported = (_: ReportMessage): void => {} } = {},
) {
  const progress = new Progress(MOST_CHUNKS, 1);
  const counted = progress.reported.bind(progress);
  progress.reported = (report) => {
    counted(report);
    reported(report);
  };
  const { signal } = new AbortController();
  const { summary, phasesMs } = await engine({ jobId: JOB_ID, request, folder, workers, progress, signal });
  return { summary, phasesMs: phasesMs as PhasesMs, progressed: progress.done };
}

/**
 * A job on the engine `local`, each of whose processes is watched. `wallMs` is from the splitter's invocation to the
 * summary. `used.client` is this process, which holds the embedded queues and store: its CPU time since the job began.
 */
export async function runLocalJob(
  folder: string,
  request: JobRequest,
  options: Partial<LocalOptions> & Parameters<typeof runJob>[3] = {},
) {
  let watched: ReturnType<typeof watchProcesses> | undefined;
  const engine = localEngine({
    ...options,
    onSlots: (pids) => {
      watched = watchProcesses(pids);
    },
  });
  const before = process.cpuUsage();
  try {
    const { phasesMs, ...done } = await runJob(engine, folder, request, options);
    const { split, compute, aggregate } = phasesMs;
    const { messages } = JSON.parse(readFileSync(join(folder, "submitted.json"), "utf8")) as Submission;
    const used = { ...watched!.stop(), client: usedHere(before) };
    return { ...done, messages, wallMs: split + compute + aggregate, used };
  } finally {
    watched?.stop();
  }
}
