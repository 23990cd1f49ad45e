import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import packageJson from "../package.json" with { type: "json" };
import { FanOut, type FanOutProps } from "./fan-out.ts";

export interface ManyhandsStackProps extends StackProps, FanOutProps {}

/** The pipeline in a stack of its own, and what a client needs to know to use it. */
export class ManyhandsStack extends Stack {
  readonly fanOut: FanOut;

  constructor(scope: Construct, id: string, props: ManyhandsStackProps = {}) {
    super(scope, id, props);
    this.fanOut = new FanOut(this, "FanOut", props);
    const { bucket, splitter, chunks, results, chunkDeadLetters, resultDeadLetters } = this.fanOut;

    this.#output("SplitterFunctionName", splitter.functionName, "Invoke this function with a job request");
    this.#output("BucketName", bucket.bucketName, "Each job lies here under jobs/<jobId>/");
    this.#output("ChunkQueueUrl", chunks.queueUrl, "Chunk messages on their way to the workers");
    this.#output("ResultQueueUrl", results.queueUrl, "Reports on their way to the aggregator");
    this.#output(
      "ChunkDeadLetterQueueUrl",
      chunkDeadLetters.queueUrl,
      "Chunk messages that used up their attempts",
    );
    this.#output(
      "ResultDeadLetterQueueUrl",
      resultDeadLetters.queueUrl,
      "Reports that used up their attempts",
    );
    this.#output("StackVersion", packageJson.version, "The version of manyhands that was deployed");
    this.#output("Region", this.region, "Where all of this is");
  }

  /** The key is what clients read the output by: it stays. Without an export, no other stack can block an update. */
  #output(key: string, value: string, description: string): void {
    new CfnOutput(this, key, { value, description });
  }
}
