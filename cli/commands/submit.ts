import { withCloud } from "../cloud/cloud.ts";
import { submitJob } from "../cloud/invoke.ts";
import { jobOf, type NewJobOptions } from "../new-job.ts";

export interface SubmitOptions extends NewJobOptions {
  readonly stack: string;
  readonly json?: boolean;
}

/** `manyhands submit`: prints the job's id once every chunk message is sent. */
export async function submit(kernelName: string | undefined, options: SubmitOptions): Promise<number> {
  const { request } = jobOf(kernelName, options);
  return withCloud(options.stack, async (cloud) => {
    const submission = await submitJob(cloud, request);
    const { stack, bucket, region } = cloud.deployment;
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ ...submission, stack, region, bucket })}\n`);
      return 0;
    }
    process.stdout.write(`${submission.jobId}\n`);
    process.stderr.write(
      `Submitted to stack ${stack}: ${submission.chunks} chunks in ${submission.messages} messages. \`manyhands attach ${submission.jobId}\` follows it.\n`,
    );
    return 0;
  });
}
