import { readFileSync } from "node:fs";
import type { Call } from "./call.ts";

/** A line of LocalStack's request log, see tools/localstack/plugin/manyhands_localstack/api_log.py. */
interface Line extends Omit<Call, "principal"> {
  readonly accessKeyId: string;
  readonly roleArn?: string;
  readonly internal: boolean;
}

/** The calls in LocalStack's request log: those of its clients, and those that it made itself, playing AWS. */
export function readApiLog(path: string): { readonly calls: Call[]; readonly internal: Call[] } {
  const lines: Line[] = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const callsOf = (some: readonly Line[]): Call[] =>
    some.map(({ accessKeyId, roleArn, service, operation, parameters, status }) => ({
      principal: roleArn ?? accessKeyId,
      ...{ service, operation, parameters, status },
    }));
  const { true: internal = [], false: external = [] } = Object.groupBy(lines, (line) => `${line.internal}`);
  return { calls: callsOf(external), internal: callsOf(internal) };
}
