import { CfnOutput, type CfnResource, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import packageJson from "../package.json" with { type: "json" };
import { STACK_NAME } from "../shared/env.ts";
import { FanOut, type FanOutProps } from "./fan-out.ts";
import { describeIdleCost } from "./idle-cost.ts";

export interface ManyhandsStackProps extends StackProps, FanOutProps {}

/** What CDK calls it, once for a stack. */
const EMPTYING = "Custom::S3AutoDeleteObjectsCustomResourceProvider";

/** The pipeline in a stack of its own, and what a client or a person needs to know to use it. */
export class ManyhandsStack extends Stack {
  readonly fanOut: FanOut;

  constructor(scope: Construct, id: string, props: ManyhandsStackProps = {}) {
    super(scope, id, props);
    this.fanOut = new FanOut(this, "FanOut", props);
    const { bucket, splitter, worker, aggregator, settings, alarms, dashboard } = this.fanOut;
    const { chunks, results, chunkDeadLetters, resultDeadLetters } = this.fanOut;

    this.#output("SplitterFunctionName", splitter.functionName, "Invoke this function with a job request");
    this.#output("WorkerFunctionName", worker.functionName, "Computes chunks");
    this.#output("AggregatorFunctionName", aggregator.functionName, "Writes summary and pictures");
    this.#output("BucketName", bucket.bucketName, "Each job lies here under jobs/<jobId>/");
    this.#output("ChunkQueueUrl", chunks.queueUrl, "Chunk messages on their way to the workers");
    this.#output("ResultQueueUrl", results.queueUrl, "Reports on their way to the aggregator");
    this.#output(
      "ChunkDeadLetterQueueUrl",
      chunkDeadLetters.queueUrl,
      "Chunk messages without attempts left",
    );
    this.#output("ResultDeadLetterQueueUrl", resultDeadLetters.queueUrl, "Reports without attempts left");
    this.#output("MaxConcurrency", `${settings.maxConcurrency}`, "Workers at the same time, at most");
    this.#output("StackVersion", packageJson.version, "The version of manyhands that was deployed");
    if (dashboard) this.#output("DashboardName", dashboard.dashboardName, "A job's life, in CloudWatch");
    // Where does it run, what is it called, what does it cost while idle, how is it removed.
    this.#output("Region", this.region, "Where all of this runs");
    this.#output("StackName", this.stackName, "What all of this is called");
    const monitoring = settings.monitoring ? { alarms: alarms.length } : undefined;
    this.#output("IdleCost", describeIdleCost(monitoring), "What it costs while nothing runs");
    this.#output("Removal", this.#describeRemoval(), "How it is removed");
    if (settings.removeObjects) this.#keepLogsOfEmptying();
  }

  /** The function by which CDK empties the bucket would write to a log group that nobody removes. */
  #keepLogsOfEmptying(): void {
    const { logRetention: retention, encryptionKey } = this.fanOut.settings;
    const handler = this.node.findChild(EMPTYING).node.findChild("Handler") as CfnResource;
    const logs = new LogGroup(this, "EmptyingLogs", {
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryptionKey }),
    });
    handler.addPropertyOverride("LoggingConfig.LogGroup", logs.logGroupName);
  }

  #describeRemoval(): string {
    const { bucket, settings } = this.fanOut;
    const named = this.stackName === STACK_NAME ? "" : ` -c stackName=${this.stackName}`;
    if (settings.removeObjects) {
      return `npx cdk destroy${named} removes everything, with all results in bucket ${bucket.bucketName}.`;
    }
    return `npx cdk destroy${named} removes everything but bucket ${bucket.bucketName} with the results; npx cdk deploy${named} -c removeObjects=true before it, and they go too.`;
  }

  /** The key is what clients read the output by: it stays. Without an export, no other stack can block an update. */
  #output(key: string, value: string, description: string): void {
    new CfnOutput(this, key, { value, description });
  }
}
