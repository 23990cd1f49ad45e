import { Duration } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Architecture } from "aws-cdk-lib/aws-lambda";
import type { NodejsFunctionProps } from "aws-cdk-lib/aws-lambda-nodejs";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";

/** What FanOut's own properties decide. */
type Decided = "architecture" | "logGroup" | "logRetention" | "memorySize" | "role" | "timeout";
/**
 * Lambda refuses a function in a VPC whose role may not make network interfaces, and these roles may not: S3 and SQS are
 * all that a stage calls. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
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

/** What a stage's function can be made with beyond that, an environment variable for instance. */
export type StageOverrides = Omit<NodejsFunctionProps, Decided | OfVpc>;

export interface FanOutProps {
  /** Workers at the same time, 2 to 1000; keep it below the account's concurrency limit. Default 900. */
  readonly maxConcurrency?: number;
  /** A worker's memory, 128 to 10240 MB; its share of a processor grows with it. Default 1769, one whole vCPU. */
  readonly workerMemoryMb?: number;
  /** What a worker has for one message, 5 s to 15 minutes. Default 60 s. */
  readonly workerTimeout?: Duration;
  /** Default arm64: cheaper by a fifth. */
  readonly architecture?: Architecture;
  /** How long logs are kept. Default a month. */
  readonly logRetention?: RetentionDays;
  /** How long a message may wait, 1 to 13 days. Default 4 days. */
  readonly messageRetention?: Duration;
  /** After how many days S3 removes what a job has stored; longer than messageRetention. Default never. */
  readonly resultRetention?: Duration;
  /**
   * A customer managed key for bucket, queues and logs. One of this app gets the policy that CloudWatch Logs
   * needs; an imported one must have it. Default: the services' own keys, which cost nothing.
   */
  readonly encryptionKey?: IKey;
  /** Alarms and a dashboard, see infra/idle-cost.ts for what they cost. Default true. */
  readonly monitoring?: boolean;
  /** Told when an alarm goes off, and when it is over. Default: alarms only show on CloudWatch's pages. */
  readonly alarmTopic?: ITopic;
  /** True: bucket and results go when the construct goes. Default false: the bucket stays, with every result. */
  readonly removeObjects?: boolean;
  readonly splitter?: StageOverrides;
  readonly worker?: StageOverrides;
  readonly aggregator?: StageOverrides;
}

type Defaulted =
  | "maxConcurrency"
  | "workerMemoryMb"
  | "workerTimeout"
  | "architecture"
  | "logRetention"
  | "messageRetention"
  | "monitoring"
  | "removeObjects";

/** The properties with their defaults, all of them within their limits. */
export type Settings = Required<Pick<FanOutProps, Defaulted>> & Omit<FanOutProps, Defaulted>;

/** A dead letter keeps the age it had in its first queue. SQS keeps nothing longer than 14 days. */
export const DEAD_LETTER_RETENTION = Duration.days(14);

export const DEFAULTS: Readonly<Required<Pick<FanOutProps, Defaulted>>> = Object.freeze({
  // Leaves an account with the usual limit of 1,000 something for its other functions: throttling burns receives.
  maxConcurrency: 900,
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
  workerMemoryMb: 1769,
  workerTimeout: Duration.seconds(60),
  architecture: Architecture.ARM_64,
  logRetention: RetentionDays.ONE_MONTH,
  messageRetention: Duration.days(4),
  monitoring: true,
  removeObjects: false,
});

/**
 * Lambda's limits, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html and for concurrency
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html; SQS would take messages for 14 days, but then
 * a dead letter would have no time left.
 */
const LIMITS = {
  maxConcurrency: [2, 1000],
  workerMemoryMb: [128, 10240],
  /** Below, a cold start and two PUTs may not fit. */
  workerTimeoutSeconds: [5, 900],
  messageRetentionDays: [1, 13],
} as const;

/** A property that a FanOut cannot be built with. */
export class SettingError extends RangeError {
  constructor(name: string, expected: string, received: unknown, hint = "") {
    super(`Expected ${name} to be ${expected}, got \`${received}\`.${hint && ` ${hint}`}`);
  }
}

/** Throws SettingError for the first property that is out of its limits or contradicts another. */
export function checkSettings(props: FanOutProps): Settings {
  const settings = { ...DEFAULTS, ...definedOf(props) };
  const { workerTimeout, messageRetention, resultRetention, encryptionKey } = settings;
  checkWhole("maxConcurrency", settings.maxConcurrency, LIMITS.maxConcurrency);
  checkWhole("workerMemoryMb", settings.workerMemoryMb, LIMITS.workerMemoryMb);
  checkDuration("workerTimeout", workerTimeout, "seconds", LIMITS.workerTimeoutSeconds);
  checkDuration("messageRetention", messageRetention, "days", LIMITS.messageRetentionDays);
  if (resultRetention) {
    // S3 would remove chunks of jobs whose other chunks still wait to be computed.
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

function checkWhole(name: string, value: number, [least, most]: readonly [number, number]): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new SettingError(name, `a whole number from ${least} to ${most}`, value);
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

/** Without what is there but undefined, so that a default does not give way to it. */
function definedOf(props: FanOutProps): FanOutProps {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined));
}
