import { handOver, type Submitted } from "../../api/submit-job.ts";
import { DetachedError, InterruptedError } from "../../client/engines/interrupted.ts";
import type { JobPlace } from "../../client/jobs/job-store.ts";
import { commandLine } from "../../shared/validation/command-line.ts";
import { counted } from "../../shared/validation/counted.ts";
import { optionName } from "../request/input-option.ts";
import { type RequestOptions, requestOf } from "../request/request.ts";
import { acceptPlan } from "../terminal/accept-plan.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { type Interruption, listenForInterruption } from "../terminal/interruption.ts";
import { jsonLine } from "../terminal/text.ts";

export interface SubmitOptions extends RequestOptions, JobPlace {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly yes?: boolean;
  readonly jobId?: string;
}

/** `manyhands submit`: prints the job's id once every chunk message is sent, and workers are started for them. Returns the exit code. */
export async function submit(kernelName: string | undefined, options: SubmitOptions): Promise<number> {
  const { stack, redis, store, jobId, json, quiet, yes } = options;
  const controller = new AbortController();
  let interruption: Interruption | undefined;
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const note = quiet ? undefined : say;
  try {
    const submitted = await handOver(
      () => requestOf(kernelName, options),
      { stack, redis, store, jobId, ramp: options.ramp, signal: controller.signal, onWarning: note },
      {
        nameOf: optionName,
        onPlan: acceptPlan({ yes, isSilent: json === true || quiet === true }),
        onBegin: () => {
          interruption = listenForInterruption(controller);
        },
        // A large job takes its splitter minutes: a user who does not wait for it needs the id.
        onSubmit: (id, name) => json || note?.(`Submitting ${id} to ${name} …`),
      },
    );
    const { submission, site } = submitted;
    if (json) process.stdout.write(jsonLine({ ...submission, ...site.fields }));
    else {
      process.stdout.write(`${submission.jobId}\n`);
      note?.(sentenceOf(submitted));
    }
    return 0;
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    say(error.message);
    return error instanceof DetachedError ? EXIT_CODES.failed : EXIT_CODES.interrupted;
  } finally {
    interruption?.over();
  }
}

function sentenceOf({ submission, site }: Submitted): string {
  const { jobId, chunks, messages, drainers } = submission;
  const size = `${counted(chunks, "chunk")} in ${counted(messages, "message")}`;
  const started = drainers > 0 ? `, ${counted(drainers, "worker")} started for them` : "";
  return `Submitted: ${size}${started}. \`${commandLine("attach", jobId, ...site.options)}\` follows it.`;
}
