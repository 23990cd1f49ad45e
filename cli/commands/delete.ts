import { cancelRemote } from "../../client/cloud/cancel.ts";
import { type Cloud, withCloud } from "../../client/cloud/cloud.ts";
import { listJobObjects, type StoredObject } from "../../client/cloud/download.ts";
import { findJob, noSuchJob } from "../../client/cloud/remote-job.ts";
import { removeObjects } from "../../client/cloud/remove-objects.ts";
import { jobIdOf } from "../../shared/messages/job-id.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { readStatus } from "../../shared/record/job-status.ts";
import { commandLine, stackOption } from "../../shared/validation/command-line.ts";
import { counted } from "../../shared/validation/counted.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { printable } from "../../shared/validation/printable.ts";
import { ask, isAnybodyThere } from "../terminal/ask.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { bytes } from "../terminal/text.ts";

export interface DeleteOptions {
  readonly stack: string;
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** A second each. */
const LONGEST_DRAIN_POLLS = 120;

/** `manyhands delete`: removes all that the bucket holds of a job, asking first. Returns the exit code. */
export async function deleteJob(jobId: string, { stack, yes, force }: DeleteOptions): Promise<number> {
  const id = jobIdOf(jobId);
  return withCloud(stack, async (cloud) => {
    let objects = await listJobObjects(cloud, id);
    if (objects.length === 0) throw noSuchJob(cloud.deployment, id);
    const running = await isRunning(cloud, id);
    if (running && !force) {
      throw new InvalidInputError(
        "job",
        "one that ended",
        `${show(id)}, which is running`,
        `Wait for it with \`${commandLine("attach", id, ...stackOption(stack))}\`, or say --force, which cancels it.`,
      );
    }
    const size = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const where = `s3://${printable(cloud.deployment.bucket)}`;
    const what = `${counted(objects.length, "object")} (${bytes(size)}) of job ${id} in ${where}`;
    if (!yes && !isAnybodyThere())
      throw new InvalidInputError("--yes", "given where nobody can be asked", "nothing");
    const answer = yes ? "yes" : await ask(`Delete ${what}?`);
    if (answer !== "yes") {
      process.stderr.write(`${answer === "interrupted" ? "\n" : ""}Nothing was deleted.\n`);
      return answer === "interrupted" ? EXIT_CODES.interrupted : 1;
    }
    if (running) {
      process.stderr.write("Cancelling it first …\n");
      const { isDrained } = await cancelRemote(cloud, id, LONGEST_DRAIN_POLLS);
      objects = await listJobObjects(cloud, id);
      if (!isDrained) return removeBut(cloud, id, objects);
    }
    await remove(cloud, objects, jobKeys(id).job);
    process.stdout.write(`Deleted ${what}\n`);
    return 0;
  });
}

/**
 * Removes all objects except those that tell workers of the cancellation: without these, remaining messages would be
 * computed.
 */
async function removeBut(cloud: Cloud, id: string, objects: readonly StoredObject[]): Promise<number> {
  const { job, control } = jobKeys(id);
  const removable = objects.filter(({ key }) => key !== job && !key.startsWith(control));
  await remove(cloud, removable, job);
  process.stderr.write(
    `Job ${id} is cancelled and its ${counted(removable.length, "object")} deleted, but queues still hold messages, perhaps its own: the same command removes the rest of it once they are empty.\n`,
  );
  return 1;
}

/** An object that cannot be read as a job is no running job. */
async function isRunning({ store }: Cloud, id: string): Promise<boolean> {
  const job = await findJob(store, id);
  const state = job && (await readStatus(store, job)).state;
  return state === "running" || state === "submitting";
}

/** job.json goes last: a deletion that broke off leaves a job that can be listed, and deleted. */
async function remove(cloud: Cloud, objects: readonly StoredObject[], last: string): Promise<void> {
  const keys = objects.map(({ key }) => key).filter((key) => key !== last);
  if (keys.length < objects.length) keys.push(last);
  await removeObjects(cloud, keys, "the job");
}
