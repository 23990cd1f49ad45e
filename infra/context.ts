import { Duration } from "aws-cdk-lib";
import type { Node } from "constructs";
import { STACK_NAME } from "../shared/env.ts";
import type { ManyhandsStackProps } from "./manyhands-stack.ts";
import { SettingError } from "./settings.ts";

/**
 * What a user says on the command line, `npx cdk deploy -c maxConcurrency=100 -c removeObjects=true`, or keeps in
 * cdk.json. Throws SettingError for what is no number, no truth value or no name; limits are FanOut's to check.
 */
export function propsFromContext(node: Node): ManyhandsStackProps {
  const number = (key: string) => parse(node, key, "a number", toNumber);
  const truth = (key: string) => parse(node, key, "true or false", toBoolean);
  const seconds = number("workerTimeoutSeconds");
  return {
    stackName:
      parse(node, "stackName", "a letter, then letters, digits and dashes", toStackName) ?? STACK_NAME,
    ...defined("maxConcurrency", number("maxConcurrency")),
    ...defined("workerMemoryMb", number("workerMemoryMb")),
    ...defined("workerTimeout", seconds === undefined ? undefined : toSeconds(seconds)),
    ...defined("monitoring", truth("monitoring")),
    ...defined("removeObjects", truth("removeObjects")),
  };
}

function parse<T>(node: Node, key: string, expected: string, to: (text: string) => T | undefined) {
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
