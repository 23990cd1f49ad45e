import { withCloud } from "../../client/cloud/cloud.ts";
import { submitJob } from "../../client/cloud/invoke.ts";
import { ConnectionLostError, patientAsker } from "../../client/cloud/patience.ts";
import { unlessAborted } from "../../client/cloud/unless-aborted.ts";
import { commandLine, stackOption } from "../../shared/validation/command-line.ts";
import { counted } from "../../shared/validation/counted.ts";
import { describeError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { jobOf, type NewJobOptions } from "../request/new-job.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { listenForInterruption } from "../terminal/interruption.ts";
import { planLine } from "../terminal/plan-line.ts";
import { jsonLine } from "../terminal/text.ts";
import { chunkCost, longJob } from "./chunk-cost.ts";

export interface SubmitOptions extends NewJobOptions {
  readonly stack: string;
  readonly json?: boolean;
}

/** `manyhands submit`: prints the job's id once every chunk message is sent, and workers are started for them. Returns the exit code. */
export async function submit(kernelName: string | undefined, options: SubmitOptions): Promise<number> {
  const { job, kernel, request } = await jobOf(kernelName, options);
  for (const warning of [longJob(job), chunkCost(job, kernel)])
    if (warning) process.stderr.write(`${warning}\n`);
  const { requestId: id } = request;
  const { signal, over } = listenForInterruption();
  let asked = false;
  try {
    return await unlessAborted(signal, () =>
      withCloud(options.stack, async (cloud) => {
        const { stack, bucket, region } = cloud.deployment;
        asked = true;
        // A large job takes its splitter minutes: a user who does not wait for it needs the id.
        if (!options.json) process.stderr.write(`Submitting ${id} to stack ${printable(stack)} …\n`);
        const ask = patientAsker({ place: cloud.deployment.place, signal });
        const submission = await ask(() => submitJob(cloud, request, signal));
        if (options.json) {
          process.stdout.write(jsonLine({ ...submission, stack, region, bucket }));
          return 0;
        }
        process.stdout.write(`${id}\n`);
        const size = `${counted(submission.chunks, "chunk")} in ${counted(submission.messages, "message")}`;
        const started =
          submission.drainers > 0 ? `, ${counted(submission.drainers, "worker")} started for them` : "";
        // A splitter from before there were plans gives none.
        if (submission.plan) process.stderr.write(`${planLine(submission.plan)}\n`);
        process.stderr.write(
          `Submitted: ${size}${started}. \`${commandLine("attach", id, ...stackOption(options.stack))}\` follows it.\n`,
        );
        return 0;
      }),
    );
  } catch (error) {
    const isLost = error instanceof ConnectionLostError;
    if (!(signal.aborted || isLost)) throw error;
    const said = asked
      ? `. This tells whether job ${id} was submitted:\n  ${commandLine("status", id, ...stackOption(options.stack))}`
      : ": nothing was submitted.";
    process.stderr.write(`${isLost ? `${describeError(error)}\n` : ""}Interrupted${said}\n`);
    return isLost ? EXIT_CODES.failed : EXIT_CODES.interrupted;
  } finally {
    over();
  }
}
