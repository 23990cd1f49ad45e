import type { TunedDeployment, Tuning } from "../../api/tune-records.ts";
import { lackingText } from "../../shared/plan/prices.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import { count } from "../../shared/validation/counted.ts";
import { printable } from "../../shared/validation/printable.ts";
import { usd } from "../../shared/validation/usd.ts";
import { between, sum, time } from "./plan-text.ts";
import { columns } from "./text.ts";

/** This number of the front is shown, evenly by their places in it. */
const SHOWN = 8;

/** New accounts may have no more: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const SURE_MEMORY_MB = 3008;

/** The front as a table, what it rests on, the verdict, and what to deploy. `title` says which job it is of. */
export function tuneText(title: string, tuning: Tuning): string {
  const { tried, front, knee, byDefault, here, compute, basis, region, pricesDate, verdict } = tuning;
  const row = (name: string, one: TunedDeployment) => [
    ...[name, `${one.memoryMb} MB`, one.architecture, count(one.maxConcurrency), count(one.burstConcurrency)],
    ...[one.chunk.join("x"), time(one.seconds.expected), between(one.seconds, time)],
    ...[usd(one.usd.expected), between(one.usd, sum)],
  ];
  const heading = ["", "memory", "", "workers", "burst", "chunk", "time", "80 %", "cost", "80 %"];
  const names = { fastest: front[0], knee, cheapest: front.at(-1) };
  const named = (one: TunedDeployment) =>
    Object.entries(names)
      .flatMap(([name, each]) => (each === one ? [name] : []))
      .join(", ");
  const rows = spread(front, knee).map((one) => row(named(one), one));
  const stack = settingsOf(tuning);
  const context = Object.entries(stack).map(([key, value]) => `-c ${key}=${value}`);
  return [
    `${title}: ${count(tried)} deployments, simulated\n`,
    columns([heading, ...rows, ...(byDefault ? [row("default", byDefault)] : [])]),
    `computing  ${time(compute.expected)} on a core like this machine's (${between(compute, time)}), ${basis}\n`,
    `here       engine ${here.engine} takes ${time(here.seconds.expected)} (${between(here.seconds, time)}), for nothing\n`,
    `prices     ${printable(region)}, of ${printable(pricesDate)}${lackingText(tuning.pricesLacking)}; no run on AWS has confirmed the times\n`,
    `${verdict}\n`,
    `deploy     npx cdk deploy ${context.join(" ")}\n`,
    `construct  new FanOut(this, "Fan", { ${propsOf(tuning)} })\n`,
    `its jobs   --chunk ${knee.chunk.join("x")}\n`,
    ...(knee.memoryMb > SURE_MEMORY_MB
      ? [`Some accounts are limited to ${SURE_MEMORY_MB} MB a function: Service Quotas raises that.\n`]
      : []),
  ].join("");
}

/** What `cdk deploy` is to be given for the knee, by the keys of its context. */
export function settingsOf({ knee, timeoutSeconds }: Tuning): Record<string, string | number> {
  const { memoryMb, architecture, maxConcurrency, burstConcurrency } = knee;
  return {
    ...{ memoryMb, architecture, maxConcurrency, burstConcurrency },
    ...(timeoutSeconds !== DEFAULT_WORKERS.timeoutSeconds && { workerTimeoutSeconds: timeoutSeconds }),
  };
}

function propsOf(tuning: Tuning): string {
  const { architecture, workerTimeoutSeconds, ...numbers } = settingsOf(tuning);
  return [
    ...Object.entries(numbers).map(([key, value]) => `${key}: ${value}`),
    `architecture: Architecture.${architecture === "arm64" ? "ARM_64" : "X86_64"}`,
    ...(workerTimeoutSeconds === undefined
      ? []
      : [`workerTimeout: Duration.seconds(${workerTimeoutSeconds})`]),
  ].join(", ");
}

/** The knee, the ends, and some between. */
function spread(front: readonly TunedDeployment[], knee: TunedDeployment): TunedDeployment[] {
  const step = Math.max(1, (front.length - 1) / (SHOWN - 1));
  const places = Array.from({ length: Math.min(SHOWN, front.length) }, (_, k) => Math.round(k * step));
  const at = front.indexOf(knee);
  return [...new Set([...places, at])].toSorted((a, b) => a - b).map((place) => front[place]!);
}
