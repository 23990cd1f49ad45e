import { tuned } from "../../api/tune-job.ts";
import type { TunedDeployment, Tuning } from "../../api/tune-records.ts";
import type { Tried } from "../../shared/plan/configurations.ts";
import { optionName } from "../request/input-option.ts";
import { numberOrText } from "../request/numbers.ts";
import { type RequestOptions, requestOf } from "../request/request.ts";
import { drawCount } from "../terminal/progress-bar.ts";
import { jsonLine } from "../terminal/text.ts";
import { settingsOf, tuneText } from "../terminal/tune-text.ts";
import { CDK_FILE, readCdkFile, writeContext } from "./cdk-context.ts";
import { expectNewPng, writeNew } from "./new-file.ts";

export interface TuneCommandOptions extends RequestOptions {
  readonly workers?: string;
  readonly timeout?: string;
  readonly region?: string;
  readonly out?: string;
  readonly write?: boolean;
  readonly jobId?: string;
  readonly json?: boolean;
}

/** `manyhands tune`: which deployment suits a job. Deploys and sends nothing. Returns the exit code. */
export async function tune(kernelName: string | undefined, options: TuneCommandOptions): Promise<number> {
  const { workers, timeout, region, out, write, jobId, json } = options;
  const cdk = write ? readCdkFile() : undefined; // what cannot be written is said before, not after
  if (out !== undefined) expectNewPng(out);
  let what = "";
  let all: readonly Tried[] = [];
  const bar = drawCount("deployments tried");
  const found = await tuned(
    async () => {
      const request = await requestOf(kernelName, options);
      what = request.kernel;
      return request;
    },
    {
      ...{ workers: numberOrText(workers), jobId, region, timeoutSeconds: numberOrText(timeout) },
      onTried: (tried, of) => bar.show(tried, of),
      onAll: (each) => {
        all = each;
      },
    },
    (field) => (field === "timeoutSeconds" ? "--timeout" : optionName(field)),
  ).finally(() => bar.clear());
  if (out !== undefined) await draw(out, what, found, all);
  if (cdk) writeContext(cdk, settingsOf(found));
  process.stdout.write(json ? jsonLine(found) : tuneText(`Tuning of ${what}`, found));
  if (cdk && !json)
    process.stdout.write(
      `The knee's settings are in ${CDK_FILE}: npx cdk deploy (an app that makes its own FanOut takes its props above)\n`,
    );
  return 0;
}

/** Throws InvalidInputError where the file cannot be made. */
async function draw(path: string, title: string, found: Tuning, all: readonly Tried[]): Promise<void> {
  const { drawFrontiers } = await import("../../plots/frontier.ts");
  const spot = ({ seconds, usd }: Pick<TunedDeployment, "seconds" | "usd">) => ({
    seconds: seconds.expected,
    usd: usd.expected,
  });
  const { front, knee, byDefault, here } = found;
  const picture = drawFrontiers([
    {
      ...{ title, cloud: all.map(spot), front: front.map(spot) },
      named: [
        { ...spot(knee), name: `knee: ${knee.memoryMb} MB, ${knee.maxConcurrency} workers` },
        ...(byDefault ? [{ ...spot(byDefault), name: "default" }] : []),
      ],
      free: { name: `here: ${here.engine}`, seconds: here.seconds.expected },
    },
  ]);
  writeNew(path, picture);
}
