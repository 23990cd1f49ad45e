import type { JobPlan } from "../../api/plan-records.ts";
import { lackingText } from "../../shared/plan/prices.ts";
import type { Range } from "../../shared/plan/ranges.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { printable } from "../../shared/validation/printable.ts";
import { roughly } from "../../shared/validation/roughly.ts";
import { usd } from "../../shared/validation/usd.ts";
import { bytes, columns } from "./text.ts";

/** A plan as a table of the engines, what it rests on, and the verdict. `title` says which job it is of. */
export function planText(title: string, plan: JobPlan): string {
  const { engines, deployment, peakMemoryMb, compute, basis, heaviestSeconds, pricesDate, runs } = plan;
  const rows = Object.entries(engines).map(([name, engine]) => [
    ...[name, time(engine.seconds.expected), between(engine.seconds, time)],
    ...(engine.usd.expected === 0 ? ["0 USD", ""] : [usd(engine.usd.expected), between(engine.usd, sum)]),
    ...[count(engine.workers), count(engine.chunks), count(engine.messages), bytes(engine.bytes)],
  ]);
  const heading = ["", "time", "80 %", "cost", "80 %", "workers", "chunks", "messages", "array"];
  const { memoryMb, timeoutSeconds, architecture, region, fleet } = deployment;
  const stages = Object.entries(peakMemoryMb).map(([stage, mb]) => `${stage} ${mb}`);
  const corrected = Object.entries(runs).filter(([, number]) => number > 0);
  const learnt = corrected.map(([engine, number]) => `${engine} by ${number}`).join(", ");
  return [
    `${title}\n`,
    columns([heading, ...rows]),
    basis === "assumed"
      ? `items      ${time(compute.expected)} of workers' time (${between(compute, time)}), assumed: none was run\n`
      : `computing  ${time(compute.expected)} on a core like this machine's (${between(compute, time)}), ${basis}\n`,
    `memory     expected peak, in MB: ${stages.join(", ")}\n`,
    `aws        ${architecture}, ${memoryMb} MB, ${count(fleet)} workers at the most, ${printable(region)}, prices of ${printable(pricesDate)}${lackingText(plan.pricesLacking)}; its heaviest message takes ${time(heaviestSeconds.expected)} of ${timeoutSeconds} s\n`,
    `local      costs nothing: the sum is what it would cost as a deployment\n`,
    ...(learnt ? [`corrected  ${learnt} of this machine's runs\n`] : []),
    `${plan.verdict}\n`,
  ].join("");
}

/** The plan for a deployment in a line, before the job is sent there. */
export function deployedLine({ engines: { aws }, basis }: JobPlan): string {
  const { seconds, usd: cost, workers, chunks, messages } = aws;
  return `Planned: ${time(seconds.expected)} (${between(seconds, time)}) for ${usd(cost.expected)} (${between(cost, sum)}), ${basis} here: ${counted(chunks, "chunk")}, ${counted(messages, "message")}, up to ${counted(workers, "worker")}.`;
}

export const between = ({ low, high }: Range, text: (value: number) => string) =>
  `${text(low)} to ${text(high)}`;
export const sum = (value: number) => usd(value).replace(/ USD$/, "");

export function time(seconds: number): string {
  if (seconds < 1) return `${Number((1000 * seconds).toPrecision(2))} ms`;
  return seconds < 10 ? `${seconds.toPrecision(2)} s` : roughly(1000 * seconds);
}
