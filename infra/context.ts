import { Duration } from "aws-cdk-lib";
import type { Node } from "constructs";
import { STACK_NAME } from "../shared/env.ts";
import { didYouMean } from "../shared/nearest-name.ts";
import type { ManyhandsStackProps } from "./manyhands-stack.ts";
import { SettingError } from "./settings.ts";

const KEYS = [
  "stackName",
  "maxConcurrency",
  "burstConcurrency",
  "provisionedPollers",
  "workerMemoryMb",
  "workerTimeoutSeconds",
  "monitoring",
  "removeObjects",
] as const;
type Key = (typeof KEYS)[number];

/**
 * What a user says on the command line, `npx cdk deploy -c maxConcurrency=100 -c removeObjects=true`, or keeps in
 * cdk.json. Throws SettingError for what is no number, no truth value or no name, and for a key that is nearly one of
 * these; limits are FanOut's to check.
 */
export function propsFromContext(node: Node): ManyhandsStackProps {
  refuseNearMisses(node);
  const number = (key: Key) => parse(node, key, "a number", toNumber);
  const truth = (key: Key) => parse(node, key, "true or false", toBoolean);
  const pollers = number("provisionedPollers");
  const seconds = number("workerTimeoutSeconds");
  return {
    stackName:
      parse(node, "stackName", "a letter, then letters, digits and dashes", toStackName) ?? STACK_NAME,
    ...defined("maxConcurrency", number("maxConcurrency")),
    ...defined("burstConcurrency", number("burstConcurrency")),
    ...defined("provisionedPollers", pollers === undefined ? undefined : { minimum: pollers }),
    ...defined("workerMemoryMb", number("workerMemoryMb")),
    ...defined("workerTimeout", seconds === undefined ? undefined : toSeconds(seconds)),
    ...defined("monitoring", truth("monitoring")),
    ...defined("removeObjects", truth("removeObjects")),
  };
}

/**
 * A slip of the pen would deploy a default, such as a fleet of 900. Other keys are let through: the context is CDK's too
 * (whose keys have a colon or a slash, most of them), and a user's ~/.cdk.json is for every app.
 */
function refuseNearMisses(node: Node): void {
  const known = new Set<string>(KEYS);
  const foreign = Object.keys(node.getAllContext()).filter((key) => !known.has(key) && !/[:/]/.test(key));
  for (const key of foreign) {
    const hint = didYouMean(key, KEYS);
    if (hint) throw new SettingError("a setting", `one of ${KEYS.join(", ")}`, key, hint);
  }
}

function parse<T>(node: Node, key: Key, expected: string, to: (text: string) => T | undefined) {
  const raw: unknown = node.tryGetContext(key);
  if (raw === undefined) return undefined;
  const value = to(String(raw).trim());
  if (value === undefined) throw new SettingError(key, expected, raw);
  return value;
}

const toNumber = (text: string) => (text === "" || Number.isNaN(Number(text)) ? undefined : Number(text));
const toBoolean = (text: string) => ({ true: true, false: false })[text];
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
const toStackName = (text: string) => (/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(text) ? text : undefined);

function toSeconds(seconds: number): Duration {
  if (seconds >= 0 && Number.isFinite(seconds)) return Duration.seconds(seconds);
  throw new SettingError("workerTimeoutSeconds", "a positive number", seconds);
}

const defined = <K extends string, T>(key: K, value: T | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
