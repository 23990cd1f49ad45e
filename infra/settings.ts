import { Duration } from "aws-cdk-lib";
import type { IEventBusRef } from "aws-cdk-lib/aws-events";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Architecture, type FunctionProps } from "aws-cdk-lib/aws-lambda";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { capOfFleet } from "../shared/plan/fleet-cap.ts";
import { UPLOAD_POLICIES, type UploadPolicy } from "../shared/validation/env.ts";

/** Properties that the stage's bundle or FanOut's own properties decide. */
type Decided =
  | "architecture"
  | "code"
  | "handler"
  | "logGroup"
  | "logRetention"
  | "memorySize"
  | "role"
  | "runtime"
  | "timeout";
/**
 * Lambda refuses a function in a VPC whose role may not make network interfaces. These roles may not: S3, SQS and
 * Lambda are all that a stage calls. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
type OfVpc =
  | "vpc"
  | "vpcSubnets"
  | "securityGroups"
  | "allowAllOutbound"
  | "allowAllIpv6Outbound"
  | "ipv6AllowedForDualStack"
  | "allowPublicSubnet"
  | "filesystem";

/** Further properties of a stage's function, such as an environment variable. */
export type StageOverrides = Omit<FunctionProps, Decided | OfVpc>;

export interface FanOutProps {
  /** Workers at the same time, 2 to 1000; keep it below the account's concurrency limit. Default 900. */
  readonly maxConcurrency?: number;
  /**
   * The number of workers that splitters may start themselves, so that a fleet is full in seconds. The queue's mapping
   * starts the rest, at least two. 0: the mapping starts all workers, at its own pace. Default four fifths of
   * maxConcurrency, and 0 with provisionedPollers.
   */
  readonly burstConcurrency?: number;
  /**
   * Pollers of the chunk queue that are kept ready, and billed by the hour: 2 to 200 at all times, and up to `maximum`
   * under load. Each serves ten workers, which maxConcurrency must leave room for. Default none; `maximum` is by
   * default as many as fit.
   */
  readonly provisionedPollers?: { readonly minimum: number; readonly maximum?: number };
  /** A worker's memory, 128 to 10240 MB; its share of a processor grows with it. Default 1769, one whole vCPU. */
  readonly memoryMb?: number;
  /** A worker's time limit for one message, 5 s to 15 minutes. Default 60 s. */
  readonly workerTimeout?: Duration;
  /** Default arm64: cheaper by a fifth. */
  readonly architecture?: Architecture;
  /** How long logs are kept. Default a month. */
  readonly logRetention?: RetentionDays;
  /** How long a message may wait, 1 to 13 days. Default 4 days. */
  readonly messageRetention?: Duration;
  /** S3 removes a job's objects after this many days; longer than messageRetention. Default never. */
  readonly resultRetention?: Duration;
  /**
   * A customer managed key for bucket, queues and logs. A key of this app gets the policy that CloudWatch Logs needs;
   * an imported key must have it. Default: the services' own keys, which cost nothing.
   */
  readonly encryptionKey?: IKey;
  /** Alarms and a dashboard; infra/idle-cost.ts has their cost. Default true. */
  readonly monitoring?: boolean;
  /** Gets a message when an alarm goes off, and when it is over. Default: alarms only show on CloudWatch's pages. */
  readonly alarmTopic?: ITopic;
  /**
   * The bus on EventBridge that is told when a job ends, for `onJobEnd` and rules of your own; EventBridge takes 1 USD
   * for a million events. Default none. The account's own is
   * `EventBus.fromEventBusName(this, "Bus", "default")`.
   */
  readonly eventBus?: IEventBusRef;
  /** Files of kernels of one's own, in the splitter's and the workers' zips: TypeScript, JavaScript or WebAssembly. Default none. */
  readonly kernels?: readonly string[];
  /**
   * Files of kernels in Python. They get workers and a queue of their own: a function on Lambda's python3.13, as many as `maxConcurrency`
   * beside the others. A synthesis then takes Python 3.11 or later with pip and workers/python. Default none.
   */
  readonly pythonKernels?: readonly string[];
  /**
   * Which kernels the pipeline takes that reach it after its deployment (`manyhands run ./spot.ts --engine aws`). "wasm":
   * WebAssembly, which computes from its inputs and cannot reach anything else. "all": JavaScript too, which is no sandbox: those who
   * may write `kernels/*` of the bucket can then use the workers' rights. "none": neither. Default "wasm".
   */
  readonly kernelUploads?: UploadPolicy;
  /** True: bucket and results are removed with the construct. Default false: the bucket stays, with every result. */
  readonly removeObjects?: boolean;
  readonly splitter?: StageOverrides;
  readonly worker?: StageOverrides;
  readonly aggregator?: StageOverrides;
}

type Defaulted =
  | "maxConcurrency"
  | "memoryMb"
  | "workerTimeout"
  | "architecture"
  | "logRetention"
  | "messageRetention"
  | "monitoring"
  | "kernels"
  | "pythonKernels"
  | "kernelUploads"
  | "removeObjects";

/** Properties whose defaults depend on the others. */
type Derived = "burstConcurrency" | "provisionedPollers";

/** The properties with their defaults, all of them within their limits. */
export type Settings = Required<Pick<FanOutProps, Defaulted | "burstConcurrency">> &
  Omit<FanOutProps, Defaulted | Derived> & { readonly provisionedPollers?: Required<Pollers> };
type Pollers = NonNullable<FanOutProps["provisionedPollers"]>;

/** A dead letter keeps the age it had in its first queue. SQS keeps no message longer than 14 days. */
export const DEAD_LETTER_RETENTION = Duration.days(14);

export const DEFAULTS: Readonly<Required<Pick<FanOutProps, Defaulted>>> = Object.freeze({
  // Leaves 100 of an account's usual 1,000 to its other functions: throttling uses up deliveries.
  maxConcurrency: 900,
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
  memoryMb: 1769,
  workerTimeout: Duration.seconds(60),
  architecture: Architecture.ARM_64,
  logRetention: RetentionDays.ONE_MONTH,
  messageRetention: Duration.days(4),
  monitoring: true,
  kernels: [],
  pythonKernels: [],
  kernelUploads: "wasm",
  removeObjects: false,
});

/**
 * Lambda's limits, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html and for concurrency
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html. SQS would keep messages for 14 days, but then
 * a dead letter would have no time left.
 */
const LIMITS = {
  maxConcurrency: [2, 1000],
  /** Limits of provisioned pollers of SQS: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
  minimumPollers: [2, 200],
  maximumPollers: [2, 2000],
  memoryMb: [128, 10240],
  /** In less than 5 s, a cold start and two PUTs may not fit. */
  workerTimeoutSeconds: [5, 900],
  messageRetentionDays: [1, 13],
} as const;

/** The lowest maximum concurrency that a mapping accepts. */
const LEAST_MAPPING = LIMITS.maxConcurrency[0];
/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html (ProvisionedPollerConfig) */
const WORKERS_PER_POLLER = 10;

/** A property that a FanOut cannot be built with. */
export class SettingError extends RangeError {
  override readonly name = "SettingError";

  constructor(name: string, expected: string, received: unknown, hint = "") {
    super(`Expected ${name} to be ${expected}, got \`${received}\`.${hint && ` ${hint}`}`);
  }
}

/** Throws SettingError for the first property that is out of its limits or contradicts another. */
export function checkSettings(props: FanOutProps): Settings {
  const { provisionedPollers, ...given } = { ...DEFAULTS, ...definedOf(props) };
  const settings: Settings = { ...given, ...concurrencyOf(given, provisionedPollers) };
  const { workerTimeout, messageRetention, resultRetention, encryptionKey } = settings;
  if (!UPLOAD_POLICIES.includes(settings.kernelUploads))
    throw new SettingError("kernelUploads", `one of ${UPLOAD_POLICIES.join(", ")}`, settings.kernelUploads);
  checkWhole("memoryMb", settings.memoryMb, LIMITS.memoryMb);
  checkDuration("workerTimeout", workerTimeout, "seconds", LIMITS.workerTimeoutSeconds);
  checkDuration("messageRetention", messageRetention, "days", LIMITS.messageRetentionDays);
  if (resultRetention) {
    // S3 would otherwise remove chunks of jobs whose other chunks still wait to be computed.
    const longest = messageRetention.toDays({ integral: false });
    const days = resultRetention.toDays({ integral: false });
    if (!Number.isInteger(days) || days <= longest) {
      const expected = `a whole number of days and more than messageRetention's ${longest}`;
      throw new SettingError("resultRetention", expected, resultRetention.toHumanString());
    }
  }
  if (settings.alarmTopic && !settings.monitoring) {
    throw new SettingError("monitoring", "true where there is an alarmTopic", settings.monitoring);
  }
  if (encryptionKey && "aliasName" in encryptionKey) {
    // IAM does not resolve an alias in the resource of a policy: every stage would be refused.
    throw new SettingError("encryptionKey", "a key", "an alias");
  }
  return settings;
}

/** The number of workers, and how many of them the splitter or the mapping may start. */
function concurrencyOf(
  { maxConcurrency, burstConcurrency }: Pick<Settings, "maxConcurrency"> & Pick<FanOutProps, Derived>,
  provisionedPollers: Pollers | undefined,
): Pick<Settings, Derived> {
  checkWhole("maxConcurrency", maxConcurrency, LIMITS.maxConcurrency);
  const mostBurst = maxConcurrency - LEAST_MAPPING;
  const share = provisionedPollers ? 0 : capOfFleet(maxConcurrency).burst;
  const burst = burstConcurrency ?? share;
  const leaves = `which leaves the mapping ${LEAST_MAPPING} of maxConcurrency's ${maxConcurrency}`;
  checkWhole("burstConcurrency", burst, [0, mostBurst], leaves);
  if (!provisionedPollers) return { burstConcurrency: burst };

  const room = Math.floor((maxConcurrency - burst) / WORKERS_PER_POLLER);
  const { minimum, maximum = room } = provisionedPollers;
  const most = Math.min(room, LIMITS.maximumPollers[1]);
  const [least, mostReady] = LIMITS.minimumPollers;
  const why = `ten workers for each of them in maxConcurrency's ${maxConcurrency} without burstConcurrency's ${burst}`;
  if (most < least) {
    const expected = `at least ${least * WORKERS_PER_POLLER} more than burstConcurrency, room for two provisionedPollers`;
    throw new SettingError("maxConcurrency", expected, maxConcurrency);
  }
  checkWhole("provisionedPollers.minimum", minimum, [least, Math.min(mostReady, most)], why);
  checkWhole("provisionedPollers.maximum", maximum, [minimum, most], why);
  return { burstConcurrency: burst, provisionedPollers: { minimum, maximum } };
}

function checkWhole(name: string, value: number, [least, most]: readonly [number, number], why = ""): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new SettingError(name, `a whole number from ${least} to ${most}${why && `, ${why}`}`, value);
}

function checkDuration(
  name: string,
  value: Duration,
  unit: "seconds" | "days",
  [least, most]: readonly [number, number],
): void {
  const amount = unit === "days" ? value.toDays({ integral: false }) : value.toSeconds({ integral: false });
  const whole = Number.isInteger(value.toSeconds({ integral: false }));
  if (whole && amount >= least && amount <= most) return;
  const expected = `from ${least} to ${most} ${unit}${whole ? "" : ", in whole seconds"}`;
  throw new SettingError(name, expected, value.toHumanString());
}

/** Drops properties that are present but undefined, so that they do not replace a default. */
function definedOf(props: FanOutProps): FanOutProps {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined));
}
