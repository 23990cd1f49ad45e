import { join } from "node:path";
import { InvalidInputError } from "../../shared/errors.ts";
import { withCloud } from "../cloud/cloud.ts";
import { download, type Selection } from "../cloud/download.ts";
import { readRemoteJob } from "../cloud/remote-job.ts";
import { mountsOf } from "../engines/engine.ts";
import { prepareFolder } from "../folder.ts";
import { jobIdOf } from "../new-job.ts";
import { drawCount } from "../progress.ts";
import { placeOf } from "../report.ts";

export interface FetchOptions {
  readonly stack: string;
  readonly out?: string;
  readonly pictures?: boolean;
  readonly npy?: boolean;
  readonly quiet?: boolean;
}

/** `manyhands fetch`: brings what a job stored so far to this machine. Returns the exit code. */
export async function fetchJob(jobId: string, options: FetchOptions): Promise<number> {
  const id = jobIdOf(jobId);
  const folder = options.out ?? join("results", id);
  if (options.pictures && options.npy)
    throw new InvalidInputError("--pictures and --npy", "given one at a time", "both");
  const selection: Selection = options.pictures ? "pictures" : options.npy ? "npy" : "all";
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const bar = options.quiet ? undefined : drawCount("objects");
  try {
    await withCloud(options.stack, async (cloud) => {
      const job = await readRemoteJob(cloud, id);
      prepareFolder(folder, options.out === undefined ? `the folder of job ${id}` : "--out", id);
      await download(cloud, job, selection, mountsOf(id, folder), {
        signal: interruption.signal,
        onProgress: ({ objects, of }) => bar?.show(objects, of),
      });
    });
    bar?.clear();
    if (!options.quiet) process.stdout.write(`Fetched into ${placeOf(folder)}/\n`);
    return 0;
  } catch (error) {
    bar?.clear();
    if (!interruption.signal.aborted) throw error;
    process.stderr.write(
      `Interrupted: the same command goes on with what is missing in ${placeOf(folder)}.\n`,
    );
    return 130;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}
