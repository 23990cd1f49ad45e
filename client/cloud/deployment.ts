import type { Stack } from "@aws-sdk/client-cloudformation";
import { deployWith } from "../../shared/build/commands.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { Clients } from "./clients.ts";
import { type AwsFault, CloudError } from "./cloud-errors.ts";
import { isLocal } from "./place.ts";
import { DescribeStacksCommand } from "./sdk.ts";

/** The outputs of a deployed stack that a client needs. */
export interface Deployment {
  readonly stack: string;
  /** The stack's state in CloudFormation, such as UPDATE_COMPLETE. */
  readonly status: string;
  readonly place: string;
  readonly region: string;
  readonly version: string;
  /** The build that it was made from, a DeployedBuild as JSON; absent in deployments of earlier versions. */
  readonly build: string | undefined;
  /** The hashes of its kernels from files, as JSON; absent where it has none. */
  readonly kernels?: string | undefined;
  /** Which kernels it takes that are uploaded, an UploadPolicy; absent in deployments of earlier versions. */
  readonly kernelUploads?: string | undefined;
  readonly bucket: string;
  readonly splitter: string;
  readonly worker: string;
  readonly aggregator: string;
  /** What computes kernels in Python; absent where there are none. */
  readonly python?: Fleet | undefined;
  readonly chunkQueue: string;
  readonly resultQueue: string;
  readonly chunkDeadLetters: string;
  readonly resultDeadLetters: string;
  /** The maximum number of workers at the same time. */
  readonly maxConcurrency: number;
  /** Its cost while idle, and how to remove it: a sentence each. */
  readonly idleCost: string;
  readonly removal: string;
}

/** The names of a function and of its queues. */
export interface Fleet {
  readonly worker: string;
  readonly chunkQueue: string;
  readonly chunkDeadLetters: string;
}

/** The fleet that computes chunks of the job. */
export const fleetOf = (
  deployment: Pick<Deployment, keyof Fleet | "python">,
  { declaration }: Pick<StoredJob, "declaration">,
): Fleet => (declaration?.language === "python" && deployment.python) || deployment;

/**
 * Finds the deployment by its stack's name. Throws CloudError if there is no such stack, or it is none of manyhands.
 */
export async function findDeployment(
  { cloudFormation, place, region }: Clients,
  stack: string,
): Promise<Deployment> {
  const found = await cloudFormation
    .send(new DescribeStacksCommand({ StackName: stack }))
    .then(({ Stacks: [first] = [] }) => first)
    .catch((error: AwsFault) => {
      // CloudFormation's error for an unknown name.
      if (error.name === "ValidationError") return undefined;
      throw error;
    });
  if (!found) {
    throw new CloudError(
      `Expected a stack named ${stack} in ${place}, found none: deploy it with \`${deployWith(isLocal(place))}\`, or name another with --stack or AWS_REGION.`,
    );
  }
  const output = outputsOf(found, stack);
  const optional = (key: string) => found.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  return {
    stack,
    status: found.StackStatus ?? "unknown",
    place,
    region,
    version: output("StackVersion"),
    build: optional("Build"),
    kernels: optional("Kernels"),
    kernelUploads: optional("KernelUploads"),
    bucket: output("BucketName"),
    splitter: output("SplitterFunctionName"),
    worker: output("WorkerFunctionName"),
    aggregator: output("AggregatorFunctionName"),
    python: pythonFleetOf(optional),
    chunkQueue: output("ChunkQueueUrl"),
    resultQueue: output("ResultQueueUrl"),
    chunkDeadLetters: output("ChunkDeadLetterQueueUrl"),
    resultDeadLetters: output("ResultDeadLetterQueueUrl"),
    maxConcurrency: Number(output("MaxConcurrency")),
    idleCost: output("IdleCost"),
    removal: output("Removal"),
  };
}

function pythonFleetOf(optional: (key: string) => string | undefined): Fleet | undefined {
  const worker = optional("PythonWorkerFunctionName");
  const chunkQueue = optional("PythonChunkQueueUrl");
  const chunkDeadLetters = optional("PythonChunkDeadLetterQueueUrl");
  return worker && chunkQueue && chunkDeadLetters ? { worker, chunkQueue, chunkDeadLetters } : undefined;
}

function outputsOf({ Outputs = [], StackStatus }: Stack, stack: string): (key: string) => string {
  const values = new Map(Outputs.map(({ OutputKey, OutputValue = "" }) => [OutputKey, OutputValue]));
  return (key) => {
    const value = values.get(key);
    if (value) return value;
    if (/ROLLBACK|FAILED|DELETE/.test(StackStatus ?? "")) {
      throw new CloudError(
        `Expected stack ${stack} to be deployed, it is ${StackStatus}: its events in CloudFormation say why; \`npx cdk deploy\` tries again.`,
      );
    }
    throw new CloudError(
      `Expected stack ${stack} to have an output ${key}, it has none (${StackStatus}): deploy it again with \`npx cdk deploy\`, or name another with --stack.`,
    );
  };
}
