import { join } from "node:path";
import { expectArray } from "../../api/expect-array.ts";
import { reportOf } from "../../api/written-report.ts";
import { mountsOf } from "../../client/engines/engine.ts";
import { remoteMeant } from "../../client/engines/engines.ts";
import { prepareJobFolder } from "../../client/job-folder/folder.ts";
import type { JobPlace } from "../../client/jobs/job-store.ts";
import { download, type Selection } from "../../client/remote/download.ts";
import { ConnectionLostError, patientAsker } from "../../client/remote/patience.ts";
import { readRemoteJob } from "../../client/remote/remote-job.ts";
import { unlessAborted } from "../../client/remote/unless-aborted.ts";
import { isMap } from "../../shared/array/spec.ts";
import { jobIdOf } from "../../shared/messages/job-id.ts";
import { readStatus } from "../../shared/record/job-status.ts";
import { placeOf } from "../../shared/validation/command-line.ts";
import { count } from "../../shared/validation/counted.ts";
import { describeError, InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { EXIT_CODES, exitCodeOfJob } from "../terminal/exit-codes.ts";
import { listenForInterruption } from "../terminal/interruption.ts";
import { drawCount } from "../terminal/progress-bar.ts";

export interface FetchOptions extends JobPlace {
  readonly out?: string;
  readonly pictures?: boolean;
  readonly npy?: boolean;
  readonly quiet?: boolean;
  /** False: no report.html is written. */
  readonly report?: boolean;
}

const SHOWN_KEYS = 5;

/** `manyhands fetch`: brings what a job stored so far to this machine. Returns the exit code. */
export async function fetchJob(jobId: string, options: FetchOptions): Promise<number> {
  const id = jobIdOf(jobId);
  const folder = options.out ?? join("results", id);
  if (options.pictures && options.npy)
    throw new InvalidInputError("--pictures and --npy", "given one at a time", "both");
  const engine = remoteMeant(options);
  const selection: Selection = options.pictures ? "pictures" : options.npy ? "npy" : "all";
  const { signal, over } = listenForInterruption();
  const bar = options.quiet ? undefined : drawCount(options.npy ? "files and chunks" : "files");
  try {
    const { job, state, chunks, summary, skipped } = await unlessAborted(signal, () =>
      engine.withRemote(options, async (remote) => {
        const job = await readRemoteJob(remote, id);
        if (options.npy) expectArray(job, "fetch --npy");
        const status = await readStatus(remote.store, job);
        prepareJobFolder(id, options.out, "--out", job);
        const onProgress = ({ objects, of }: { objects: number; of: number }) => bar?.show(objects, of);
        const ask = patientAsker(remote, { signal });
        const { skipped } = await download(remote, job, selection, mountsOf(id, folder), {
          signal,
          onProgress,
          ask,
        });
        return { ...status, skipped };
      }),
    );
    bar?.clear();
    if (skipped.length > 0)
      process.stderr.write(`Left alone, as nothing of manyhands: ${leftAlone(skipped)}\n`);
    if (summary && selection === "all" && options.report !== false) {
      const told = { jobId: id, folder, engine, at: options, command: "", signal };
      await reportOf(told, (sentence) => process.stderr.write(`${sentence}\n`)).write({
        summary,
        fetched: "all",
      });
    }
    if (!options.quiet) process.stdout.write(`Fetched into ${placeOf(folder)}/\n`);
    if (state === "complete") return EXIT_CODES.complete;
    const missing = isMap(job.spec)
      ? `${count(chunks.done)} of ${count(chunks.total)} shards are stored; \`manyhands resume\` tries what failed again`
      : `${count(chunks.done)} of ${count(chunks.total)} chunks are stored, the others read as the fill value`;
    process.stderr.write(`Job ${id} is ${state}: ${missing}.\n`);
    return summary ? exitCodeOfJob(summary) : EXIT_CODES.incomplete;
  } catch (error) {
    bar?.clear();
    const isLost = error instanceof ConnectionLostError;
    if (!(signal.aborted || isLost)) throw error;
    const why = isLost ? `${describeError(error)}\n` : "";
    process.stderr.write(
      `${why}Interrupted: the same command goes on with what is missing in ${placeOf(folder)}.\n`,
    );
    return isLost ? EXIT_CODES.failed : EXIT_CODES.interrupted;
  } finally {
    over();
  }
}

function leftAlone(keys: readonly string[]): string {
  const more = keys.length - SHOWN_KEYS;
  return [...keys.slice(0, SHOWN_KEYS).map(show), ...(more > 0 ? [`and ${count(more)} more`] : [])].join(
    ", ",
  );
}
