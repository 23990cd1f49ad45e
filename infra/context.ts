import { resolve } from "node:path";
import { Duration } from "aws-cdk-lib";
import { Architecture } from "aws-cdk-lib/aws-lambda";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Node } from "constructs";
import { STACK_NAME, UPLOAD_POLICIES } from "../shared/validation/env.ts";
import type { ManyhandsStackProps } from "./manyhands-stack.ts";
import { SettingError } from "./settings.ts";
import { toTags } from "./tags.ts";
import { type ContextFolders, refuseUnread } from "./unread-keys.ts";

/** The settings that CDK's context may have, each with its row in docs/aws.md. */
export const KEYS = [
  "stackName",
  "maxConcurrency",
  "burstConcurrency",
  "provisionedPollers",
  "memoryMb",
  "workerTimeoutSeconds",
  "architecture",
  "messageRetention",
  "resultRetention",
  "logRetention",
  "tags",
  "encryptionKeyArn",
  "alarmEmail",
  "alarmTopicArn",
  "monitoring",
  "eventBusName",
  "kernels",
  "pythonKernels",
  "kernelUploads",
  "removeObjects",
] as const;
type Key = (typeof KEYS)[number];

/**
 * The stack's properties from CDK's context: from the command line, as in `npx cdk deploy -c maxConcurrency=100 -c
 * removeObjects=true`, or from cdk.json. Throws SettingError for a value of the wrong type, and for a key that nothing
 * reads. FanOut checks limits.
 */
export function propsFromContext(node: Node, folders?: ContextFolders): ManyhandsStackProps {
  refuseUnread(node.getAllContext(), KEYS, (sentence) => console.error(sentence), folders);
  const number = (key: Key) => parse(node, key, "a number", toNumber);
  const truth = (key: Key) => parse(node, key, "true or false", toBoolean);
  const days = (key: Key) => parse(node, key, "a whole number of days", toDays);
  const paths = (key: Key) => parse(node, key, "paths of files, with commas between them", toPaths);
  const pollers = number("provisionedPollers");
  const seconds = number("workerTimeoutSeconds");
  return {
    stackName:
      parse(node, "stackName", "a letter, then letters, digits and dashes", toStackName) ?? STACK_NAME,
    ...defined("maxConcurrency", number("maxConcurrency")),
    ...defined("burstConcurrency", number("burstConcurrency")),
    ...defined("provisionedPollers", pollers === undefined ? undefined : { minimum: pollers }),
    ...defined("memoryMb", number("memoryMb")),
    ...defined("workerTimeout", seconds === undefined ? undefined : toSeconds(seconds)),
    ...defined("architecture", parse(node, "architecture", "arm64 or x86_64", toArchitecture)),
    ...defined("messageRetention", days("messageRetention")),
    ...defined("resultRetention", days("resultRetention")),
    ...defined("logRetention", parse(node, "logRetention", LOG_RETENTIONS, toLogRetention)),
    ...defined("tags", toTags(node.tryGetContext("tags"))),
    ...defined(
      "encryptionKeyArn",
      parse(node, "encryptionKeyArn", "the ARN of a key in KMS, not of an alias", toKeyArn),
    ),
    ...defined("alarmEmail", parse(node, "alarmEmail", "an address for mail", toEmail)),
    ...defined("alarmTopicArn", parse(node, "alarmTopicArn", "the ARN of a topic in SNS", toTopicArn)),
    ...defined("monitoring", truth("monitoring")),
    ...defined("eventBusName", parse(node, "eventBusName", "the name of a bus on EventBridge", toBusName)),
    ...defined("kernels", paths("kernels")),
    ...defined("pythonKernels", paths("pythonKernels")),
    ...defined(
      "kernelUploads",
      parse(node, "kernelUploads", `one of ${UPLOAD_POLICIES.join(", ")}`, toPolicy),
    ),
    ...defined("removeObjects", truth("removeObjects")),
  };
}

function parse<T>(node: Node, key: Key, expected: string, to: (text: string) => T | undefined) {
  const raw: unknown = node.tryGetContext(key);
  if (raw === undefined) return undefined;
  const value = to(String(raw).trim());
  if (value === undefined) throw new SettingError(key, expected, raw);
  return value;
}

/** The retentions that CloudWatch Logs offers, in days. */
const RETENTIONS = Object.values(RetentionDays).filter((days) => typeof days === "number");
const LOG_RETENTIONS = `never, or one of ${RETENTIONS.filter((days) => days !== RetentionDays.INFINITE).join(", ")} days`;

const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);
const toKeyArn = matching(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/(mrk-)?[0-9a-f-]{32,36}$/);
const toTopicArn = matching(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$/);
/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
const toBusName = matching(/^[\w./-]{1,256}$/);
const toEmail = matching(/^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/);
const toArchitecture = (text: string) => ({ arm64: Architecture.ARM_64, x86_64: Architecture.X86_64 })[text];
const toDays = (text: string) => (/^[1-9][0-9]{0,5}$/.test(text) ? Duration.days(Number(text)) : undefined);
const toLogRetention = (text: string) =>
  text === "never" ? RetentionDays.INFINITE : RETENTIONS.find((days) => `${days}` === text);
/** A list in cdk.json comes with the same commas. */
const toPaths = (text: string) => {
  const paths = text.split(",").map((path) => path.trim());
  return paths.every((path) => path !== "") ? paths.map((path) => resolve(path)) : undefined;
};
const toNumber = (text: string) => (text === "" || Number.isNaN(Number(text)) ? undefined : Number(text));
const toPolicy = (text: string) => UPLOAD_POLICIES.find((policy) => policy === text);
const toBoolean = (text: string) => ({ true: true, false: false })[text];
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
const toStackName = (text: string) => (/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(text) ? text : undefined);

function toSeconds(seconds: number): Duration {
  if (seconds >= 0 && Number.isFinite(seconds)) return Duration.seconds(seconds);
  throw new SettingError("workerTimeoutSeconds", "a positive number", seconds);
}

const defined = <K extends string, T>(key: K, value: T | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
