import { Stack } from "aws-cdk-lib";
import { type IGrantable, ManagedPolicy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledgeKeys, acknowledgeLookingAround, acknowledgeStack } from "./acknowledgements.ts";
import {
  deleteObjects,
  describeFunction,
  invokeFunction,
  KEYS,
  listObjects,
  measureQueue,
  moveMessages,
  putObjects,
  readKey,
  readLogs,
  readObjects,
  sendMessages,
  takeMessages,
  useKey,
} from "./grants.ts";
import type { Fleet, Monitored } from "./monitored.ts";
import { SettingError } from "./settings.ts";

/** What a client reaches of a pipeline: what is watched, and the bucket. */
interface Reached extends Construct, Monitored {
  readonly bucket: Bucket;
}

/** All that a client writes: a new kind of object needs its keys here. A job's items, and the mark of one that is cancelled. */
const WRITTEN = [KEYS.items, KEYS.control] as const;
/** The probe by which `manyhands doctor` sees how the bucket writes. */
const PROBE = "jobs/doctor-*/probe";

/** That of Node, and that of Python where there is one. */
const fleetsOf = (pipeline: Reached): readonly Fleet[] => [
  pipeline,
  ...(pipeline.python ? [pipeline.python] : []),
];
const functionsOf = (pipeline: Reached) => [
  pipeline.splitter,
  ...fleetsOf(pipeline).map(({ worker }) => worker),
  pipeline.aggregator,
];

/** Allows finding the deployment, and seeing and fetching jobs: status, list, fetch, plot, table, verify. */
export const readJobs = (pipeline: Reached): PolicyStatement[] => [
  ...describeStack(pipeline),
  ...readObjects(pipeline.bucket, KEYS.jobs),
  ...fleetsOf(pipeline).flatMap(({ chunks }) => measureQueue(chunks)),
  ...measureQueue(pipeline.results),
  ...(pipeline.settings.encryptionKey ? readKey(pipeline.settings.encryptionKey) : []),
];

const takesUploads = ({ settings }: Reached): boolean => settings.kernelUploads !== "none";

/** No stage may do so. */
const uploadKernels = ({ bucket }: Reached): PolicyStatement[] => [
  ...listObjects(bucket, KEYS.kernels),
  ...putObjects(bucket, KEYS.kernels),
];

/** Allows that, and to start a job, follow it to its end, cancel and resume it: run, map, submit, attach, cancel, resume. */
export const submitJobs = (pipeline: Reached): PolicyStatement[] => [
  ...readJobs(pipeline),
  ...(takesUploads(pipeline) ? uploadKernels(pipeline) : []),
  ...invokeFunction(pipeline.splitter),
  ...invokeFunction(pipeline.aggregator),
  ...describeFunction(pipeline.splitter),
  ...fleetsOf(pipeline).flatMap(({ worker }) => describeFunction(worker)),
  ...WRITTEN.flatMap((keys) => putObjects(pipeline.bucket, keys)),
  // What was uploaded for a job that is then refused is taken back.
  ...deleteObjects(pipeline.bucket, KEYS.items),
  ...(pipeline.settings.encryptionKey ? useKey(pipeline.settings.encryptionKey) : []),
];

/** Allows taking messages of chunks, computing and reporting them, as examples/standing/worker-policy.json does: nothing of what a client does. */
export const workOnJobs = (pipeline: Reached): PolicyStatement[] => [
  ...describeStack(pipeline),
  ...fleetsOf(pipeline).flatMap(({ chunks }) => [...takeMessages(chunks), ...sendMessages(chunks)]),
  ...sendMessages(pipeline.results),
  ...readObjects(pipeline.bucket, KEYS.jobs),
  ...(takesUploads(pipeline) ? readObjects(pipeline.bucket, KEYS.kernels) : []),
  ...[KEYS.jobs, KEYS.rejected].flatMap((keys) => putObjects(pipeline.bucket, keys)),
  ...(pipeline.settings.encryptionKey ? useKey(pipeline.settings.encryptionKey) : []),
];

/** Allows all of it, and `delete`, `doctor`, `aggregate` and `cost`. */
const manageJobs = (pipeline: Reached): PolicyStatement[] => [
  ...submitJobs(pipeline),
  ...deleteObjects(pipeline.bucket, KEYS.jobs),
  ...(takesUploads(pipeline) ? deleteObjects(pipeline.bucket, KEYS.kernels) : []),
  ...putObjects(pipeline.bucket, PROBE),
  ...fleetsOf(pipeline).flatMap(({ chunkDeadLetters }) => measureQueue(chunkDeadLetters)),
  // Dead reports are delivered once more, see `manyhands aggregate`.
  ...moveMessages(pipeline.resultDeadLetters, pipeline.results),
  // What `cost` prices a job by; the other functions' settings are what a job is planned by.
  ...describeFunction(pipeline.aggregator),
  ...functionsOf(pipeline).flatMap(({ logs }) => readLogs(logs)),
  // None of them takes a resource.
  new PolicyStatement({
    actions: ["lambda:GetAccountSettings", "lambda:ListEventSourceMappings", "cloudwatch:GetMetricData"],
    resources: ["*"],
  }),
];

/** All that a client may do, for roles and users to have attached. */
export function makeClientPolicy(pipeline: Reached, id: string): ManagedPolicy {
  const policy = new ManagedPolicy(pipeline, id, {
    description: "What the manyhands command line and library do with this deployment.",
    statements: manageJobs(pipeline),
  });
  acknowledge(policy, pipeline);
  acknowledgeKeys(policy, pipeline.bucket, [PROBE]);
  acknowledgeLookingAround(policy);
  return policy;
}

/**
 * Adds the statements to the grantee's own policy. `keys` are what they name beside those of each client. Throws SettingError where that has none which can be changed, such as
 * a service.
 */
export function grantTo(
  grantee: IGrantable,
  pipeline: Reached,
  statements: readonly PolicyStatement[],
  keys: readonly string[] = [],
): void {
  const { grantPrincipal } = grantee;
  for (const statement of statements) {
    const { statementAdded } = grantPrincipal.addToPrincipalPolicy(statement);
    if (!statementAdded) throw new SettingError("grantee", "a role or user of this account", grantPrincipal);
  }
  if (!Construct.isConstruct(grantPrincipal)) return;
  acknowledge(grantPrincipal, pipeline);
  acknowledgeKeys(grantPrincipal, pipeline.bucket, keys);
}

function acknowledge(holder: Construct, pipeline: Reached): void {
  acknowledgeKeys(holder, pipeline.bucket, [KEYS.jobs, ...WRITTEN, KEYS.kernels]);
  acknowledgeStack(holder, Stack.of(pipeline));
}

/** Without the stack's id: IAM asks for one name and any id where there is no such stack. */
function describeStack(pipeline: Reached): PolicyStatement[] {
  const stack = Stack.of(pipeline);
  const arn = stack.formatArn({
    service: "cloudformation",
    resource: "stack",
    resourceName: `${stack.stackName}/*`,
  });
  return [new PolicyStatement({ actions: ["cloudformation:DescribeStacks"], resources: [arn] })];
}
