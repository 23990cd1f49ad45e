import { remoteMeant } from "../../client/engines/engines.ts";
import type { JobPlace } from "../../client/jobs/job-store.ts";
import { cancelRemote } from "../../client/remote/cancel.ts";
import { listJobObjects } from "../../client/remote/download.ts";
import type { Remote, StoredObject } from "../../client/remote/remote.ts";
import { findJob, noSuchJob } from "../../client/remote/remote-job.ts";
import { jobIdOf } from "../../shared/messages/job-id.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { readStatus } from "../../shared/record/job-status.ts";
import { commandLine } from "../../shared/validation/command-line.ts";
import { counted } from "../../shared/validation/counted.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { ask, isAnybodyThere } from "../terminal/ask.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { bytes } from "../terminal/text.ts";

export interface DeleteOptions extends JobPlace {
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** A second each. */
const LONGEST_DRAIN_POLLS = 120;

/** `manyhands delete`: removes all that the store holds of a job, asking first. Returns the exit code. */
export async function deleteJob(jobId: string, { yes, force, ...place }: DeleteOptions): Promise<number> {
  const id = jobIdOf(jobId);
  return remoteMeant(place).withRemote(place, async (remote) => {
    let objects = await listJobObjects(remote, id);
    if (objects.length === 0) throw noSuchJob(remote.site, id);
    const running = await isRunning(remote, id);
    if (running && !force) {
      throw new InvalidInputError(
        "job",
        "one that ended",
        `${show(id)}, which is running`,
        `Wait for it with \`${commandLine("attach", id, ...remote.site.options)}\`, or say --force, which cancels it.`,
      );
    }
    const size = objects.reduce((sum, { sizeBytes = Number.NaN }) => sum + sizeBytes, 0);
    const weight = Number.isNaN(size) ? "" : ` (${bytes(size)})`;
    const what = `${counted(objects.length, "object")}${weight} of job ${id} in ${remote.store.name}`;
    if (!yes && !isAnybodyThere())
      throw new InvalidInputError("--yes", "given where nobody can be asked", "nothing");
    const answer = yes ? "yes" : await ask(`Delete ${what}?`);
    if (answer !== "yes") {
      process.stderr.write(`${answer === "interrupted" ? "\n" : ""}Nothing was deleted.\n`);
      return answer === "interrupted" ? EXIT_CODES.interrupted : 1;
    }
    if (running) {
      process.stderr.write("Cancelling it first …\n");
      const { isDrained } = await cancelRemote(remote, id, LONGEST_DRAIN_POLLS);
      objects = await listJobObjects(remote, id);
      if (!isDrained) return removeBut(remote, id, objects);
    }
    await remove(remote, objects, jobKeys(id).job);
    process.stdout.write(`Deleted ${what}\n`);
    return 0;
  });
}

/**
 * Removes all objects except those that tell workers of the cancellation: without these, remaining messages would be
 * computed.
 */
async function removeBut(remote: Remote, id: string, objects: readonly StoredObject[]): Promise<number> {
  const { job, control } = jobKeys(id);
  const removable = objects.filter(({ key }) => key !== job && !key.startsWith(control));
  await remove(remote, removable, job);
  process.stderr.write(
    `Job ${id} is cancelled and its ${counted(removable.length, "object")} deleted, but queues still hold messages, perhaps its own: the same command removes the rest of it once they are empty.\n`,
  );
  return 1;
}

/** An object that cannot be read as a job is no running job. */
async function isRunning({ store }: Remote, id: string): Promise<boolean> {
  const job = await findJob(store, id);
  const state = job && (await readStatus(store, job)).state;
  return state === "running" || state === "submitting";
}

/** job.json goes last: a deletion that broke off leaves a job that can be listed, and deleted. */
async function remove({ store }: Remote, objects: readonly StoredObject[], last: string): Promise<void> {
  const keys = objects.map(({ key }) => key).filter((key) => key !== last);
  if (keys.length < objects.length) keys.push(last);
  await store.remove(keys, "the job");
}
