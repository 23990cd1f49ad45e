import { REDIS_PASSWORD, REDIS_URL } from "../../client/redis/redis-env.ts";
import { machinesOf, type SeenMachine } from "../../client/standing/machines.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { counted } from "../../shared/validation/counted.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { printable } from "../../shared/validation/printable.ts";
import { ago, columns, jsonLine, seconds } from "../terminal/text.ts";

export interface WorkersOptions {
  readonly redis?: string;
  readonly stack?: string;
  readonly json?: boolean;
}

/** `manyhands workers`: the machines that stand by at a Redis, and what each is at. Returns the exit code. */
export async function workers({
  redis = process.env[REDIS_URL] || undefined,
  stack,
  json,
}: WorkersOptions): Promise<number> {
  if (stack !== undefined || redis === undefined)
    throw new InvalidInputError(
      "--redis",
      "the URL of a Redis: SQS does not know who works for a stack",
      stack === undefined ? "nothing" : `--stack ${show(stack)}`,
      "A stack's status has how many messages are at work; `manyhands worker --json` tells on its machine what it does.",
    );
  const place = redisPlace(redis, process.env[REDIS_PASSWORD]);
  const { openRedis } = await import("../../shared/ports/redis/redis-ports.ts");
  const hub = await openRedis(place);
  try {
    const machines = await machinesOf(hub.redis);
    process.stdout.write(json ? jsonLine({ redis: place.shown, machines }) : asText(machines, place.shown));
    return 0;
  } finally {
    await hub.close();
  }
}

/** A table, with the kernels below it: machines of one version mostly have the same ones. */
export function asText(machines: readonly SeenMachine[], shown: string): string {
  if (machines.length === 0)
    return `No machine works for ${shown}. Each that runs \`manyhands worker --queue ${shown}\` does.\n`;
  const workers = machines.reduce((sum, machine) => sum + machine.workers, 0);
  const rows = machines.map((machine) =>
    [
      machine.name,
      machine.host,
      `${machine.cpus}`,
      `${machine.workers}`,
      `${machine.language} ${machine.version}`,
      `${seconds(machine.agoMs)} ago`,
      ago(machine.since),
      occupation(machine),
    ].map(printable),
  );
  const heading = ["MACHINE", "HOST", "CPUS", "WORKERS", "PROGRAM", "LAST BEAT", "SINCE", "AT WORK ON"];
  const byKernels = Map.groupBy(machines, ({ kernels, uploads = "none" }) =>
    [...kernels, UPLOADS[uploads] ?? ""].filter(Boolean).join(", "),
  );
  const kernels = [...byKernels].map(
    ([names, { length }]) => `${printable(names)} (${counted(length, "machine")})\n`,
  );
  const sum = `${counted(machines.length, "machine")}, ${counted(workers, "worker")} for ${shown}\n`;
  return `${sum}${columns([heading, ...rows])}Kernels: ${kernels.join("Kernels: ")}`;
}

const UPLOADS: Readonly<Record<string, string>> = {
  all: "any that a job brings",
  wasm: "WebAssembly that a job brings",
};

function occupation({ at }: SeenMachine): string {
  if (at.length === 0) return "nothing";
  const ofJobs = Map.groupBy(at, ({ jobId }) => jobId);
  return [...ofJobs]
    .map(([jobId, messages]) => {
      const chunks = messages.reduce((sum, message) => sum + message.chunks, 0);
      return `${jobId}: ${counted(chunks, "chunk")}, for ${seconds(messages[0]?.sinceMs ?? 0)}`;
    })
    .join("; ");
}
