import { CfnOutput, type Stack } from "aws-cdk-lib";
import packageJson from "../package.json" with { type: "json" };
import { buildToDeploy } from "../shared/build/of-stages.ts";
import type { FanOut } from "./fan-out.ts";
import { describeIdleCost } from "./idle-cost.ts";

export interface OutputTexts {
  /** The command that removes the stack. */
  readonly destroy?: string;
  /** The address that receives mail from the alarms' topic. */
  readonly alarmEmail?: string | undefined;
}

/**
 * Adds the outputs that a client or a person needs to use the pipeline: with them, `manyhands --stack <name>` finds it
 * in any stack. Call it once for a stack.
 */
export function addClientOutputs(
  stack: Stack,
  fanOut: FanOut,
  { destroy = "npx cdk destroy", alarmEmail }: OutputTexts = {},
): void {
  const { bucket, splitter, worker, aggregator, settings, alarms, dashboard } = fanOut;
  const { chunks, results, chunkDeadLetters, resultDeadLetters } = fanOut;
  /**
   * Clients read the output by its key, so the key must not change. It is no export: an export would let another stack
   * block an update.
   */
  const output = (key: string, value: string, description: string) =>
    new CfnOutput(stack, key, { value, description });

  output("SplitterFunctionName", splitter.functionName, "Invoke this function with a job request");
  output("WorkerFunctionName", worker.functionName, "Computes chunks");
  output("AggregatorFunctionName", aggregator.functionName, "Writes summary and pictures");
  output("BucketName", bucket.bucketName, "Each job lies here under jobs/<jobId>/");
  output("ChunkQueueUrl", chunks.queueUrl, "Chunk messages on their way to the workers");
  output("ResultQueueUrl", results.queueUrl, "Reports on their way to the aggregator");
  output("ChunkDeadLetterQueueUrl", chunkDeadLetters.queueUrl, "Chunk messages without attempts left");
  output("ResultDeadLetterQueueUrl", resultDeadLetters.queueUrl, "Reports without attempts left");
  output("MaxConcurrency", `${settings.maxConcurrency}`, "Workers at the same time, at most");
  output("StackVersion", packageJson.version, "The version of manyhands that was deployed");
  output("Build", JSON.stringify(buildToDeploy()), "Hashes of the sources that were deployed");
  output("KernelUploads", settings.kernelUploads, "Which kernels it takes that are uploaded later");
  const { python } = fanOut;
  if (python) {
    output("PythonWorkerFunctionName", python.worker.functionName, "Computes chunks of kernels in Python");
    output("PythonChunkQueueUrl", python.chunks.queueUrl, "Chunk messages on their way to those workers");
    output(
      "PythonChunkDeadLetterQueueUrl",
      python.chunkDeadLetters.queueUrl,
      "Chunk messages of theirs without attempts left",
    );
  }
  if (Object.keys(fanOut.kernels).length > 0)
    output("Kernels", JSON.stringify(fanOut.kernels), "Hashes of the kernels from files");
  output("ClientPolicyArn", fanOut.clientPolicy.managedPolicyArn, "Attach it to who is to run jobs here");
  if (dashboard) output("DashboardName", dashboard.dashboardName, "A job's life, in CloudWatch");
  // For a person: where it runs, its name, its cost while idle, what stays, and how to remove it.
  output("Region", stack.region, "Where all of this runs");
  output("StackName", stack.stackName, "What all of this is called");
  const monitoring = settings.monitoring ? { alarms: alarms.length } : undefined;
  output(
    "IdleCost",
    describeIdleCost(monitoring, {
      pollers: settings.provisionedPollers?.minimum,
      hasPython: python !== undefined,
    }),
    "What it costs while nothing runs",
  );
  if (monitoring) output("AlarmReceivers", describeReceivers(settings, alarmEmail), "Whom the alarms tell");
  output("Retention", describeRetention(fanOut), "How long results are kept");
  output("Removal", describeRemoval(fanOut, destroy), "How it is removed");
}

function describeReceivers({ alarmTopic }: FanOut["settings"], email: string | undefined): string {
  if (email)
    return `Alarms are mailed to ${email}, once the link in the mail by which AWS asks has been followed.`;
  if (alarmTopic) return `Alarms are published to ${alarmTopic.topicArn}.`;
  return "Alarms tell nobody, they only show in CloudWatch: -c alarmEmail=me@example.com or -c alarmTopicArn=... changes that.";
}

function describeRetention({ settings: { resultRetention } }: FanOut): string {
  return resultRetention
    ? `S3 removes what a job stored ${resultRetention.toDays()} days after it was written.`
    : "Results are kept until somebody deletes them (manyhands delete <job>); -c resultRetention=90 has S3 remove them after 90 days.";
}

function describeRemoval({ bucket, settings }: FanOut, destroy: string): string {
  const { bucketName } = bucket;
  return settings.removeObjects
    ? `${destroy} removes everything, with all results in bucket ${bucketName}.`
    : `${destroy} leaves bucket ${bucketName} with the results; with removeObjects=true deployed before, those go too.`;
}
