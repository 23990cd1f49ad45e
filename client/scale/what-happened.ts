/** Why more workers were not as many times as fast: sentences, each from what was measured. Pure. */
import { counted } from "../../shared/validation/counted.ts";
import type { Scaling, Width } from "./scaling.ts";

/** A cause, and the sentence that names it with its figures. */
export interface Cause {
  readonly cause:
    | "law"
    | "little"
    | "cores"
    | "apart"
    | "few chunks"
    | "uneven"
    | "storing"
    | "waiting"
    | "crowded";
  readonly sentence: string;
}

/** What is less than this share is no cause. */
const MUCH = 0.1;
const STORING = 0.2;
const IDLE = 0.25;
const CROWDED = 1.15;
/** A wider interval of the serial fraction says nothing. */
const VAGUE = 0.5;

/** Those that the times show, the law's first. */
export function whatHappened(scaling: Scaling): Cause[] {
  return RULES.flatMap(([cause, rule]) => {
    const sentence = rule(scaling);
    return sentence === undefined ? [] : [{ cause, sentence }];
  });
}

type Rule = (scaling: Scaling) => string | undefined;

const law: Rule = ({ fit }) => {
  if (!fit) return undefined;
  const { serial, interval } = fit;
  if (interval && interval[1] - interval[0] > VAGUE)
    return `The runs scatter too much for Amdahl's law: between ${percent(interval[0])} and ${percent(interval[1])} of one worker's time is serial. More of them (--repeats), on a machine that does nothing else, tell.`;
  const range = interval ? ` (${percent(interval[0])} to ${percent(interval[1])})` : "";
  const most =
    serial > 0 ? `no number of workers is more than ${short(1 / serial)} times as fast` : "it has no limit";
  return `By Amdahl's law, on ${listed(fit.widths.map(String))} workers, ${percent(serial)}${range} of one worker's time is serial: ${most}.`;
};

const little: Rule = ({ widths: [base] }) => {
  if (!base) return undefined;
  const { run } = base;
  const around = run.seconds - (run.phases.compute ?? 0);
  if (run.compute >= around) return undefined;
  return `There is little to share: the chunks take ${time(run.compute)} of a core, and what is around them ${time(around)}. A larger job (--size, --points) shows more.`;
};

const cores: Rule = (scaling) => {
  const { cores: most, widths } = scaling;
  const beyond = widths.filter(({ workers }) => workers > most);
  if (beyond.length === 0) return undefined;
  const within = widest(scaling);
  const than = within ? `, where ${within.workers} took ${time(within.run.seconds)}` : "";
  const [wide, took] = [
    beyond.map(({ workers }) => `${workers}`),
    beyond.map(({ run }) => time(run.seconds)),
  ];
  return `This machine has ${counted(most, "core")}: ${listed(wide)} workers share them, and took ${listed(took)}${than}.`;
};

/** Phases in which no worker computes. */
const apart: Rule = (scaling) => {
  const width = widest(scaling);
  if (!width) return undefined;
  const { seconds, phases } = width.run;
  const others = Object.entries(phases).filter(([name]) => name !== "compute");
  const outside = seconds - (phases.compute ?? 0);
  if (outside < MUCH * seconds) return undefined;
  const named = others
    .filter(([, each]) => each >= (MUCH / 2) * seconds)
    .sort(([, a], [, b]) => b - a)
    .map(([name, each]) => `${time(each)} ${PHASE[name] ?? name}`);
  const what = named.length > 0 ? `: ${listed(named)}` : "";
  return `Of the ${time(seconds)} on ${counted(width.workers, "worker")} no worker shortens ${time(outside)}${what}.`;
};

const PHASE: Readonly<Record<string, string>> = {
  startUp: "starting",
  split: "splitting",
  aggregate: "aggregating",
  plots: "drawing",
  fetch: "bringing the results here",
  shutDown: "ending",
};

const fewChunks: Rule = ({ widths }) => {
  const width = widths.find(({ workers, run }) => workers > run.chunks);
  if (!width) return undefined;
  const { chunks } = width.run;
  return `${counted(chunks, "chunk")} keep at most as many workers at work: of ${width.workers} some had none.`;
};

const uneven: Rule = (scaling) => {
  const width = widest(scaling);
  if (!width || width.workers < 2) return undefined;
  const { slowest, compute } = width.run;
  const even = compute / width.workers;
  if (slowest <= even) return undefined;
  return `The chunks are uneven: the slowest takes ${time(slowest)}, longer than an even share of ${time(even)}, and no number of workers is sooner than that. Smaller ones (--chunk) are.`;
};

const storing: Rule = ({ widths: [base] }) => {
  if (!base) return undefined;
  const { busy, compute } = base.run;
  const rest = busy - compute;
  if (rest < STORING * busy || rest < MUCH * base.run.seconds) return undefined;
  return `Of ${time(busy)} at work on ${counted(base.workers, "worker")} ${time(rest)} is not computing: storing, and waiting for a core that others use.`;
};

const waiting: Rule = (scaling) => {
  const width = widest(scaling);
  if (!width) return undefined;
  const { workers, run } = width;
  const phase = run.phases.compute ?? 0;
  const idle = 1 - run.busy / (workers * phase);
  if (!(idle >= IDLE) || phase < MUCH * run.seconds) return undefined;
  return `While chunks were computed ${counted(workers, "worker")} had nothing to do for ${percent(idle)} of the time: before the first message, between two, or while the last one ended.`;
};

const crowded: Rule = (scaling) => {
  const [base] = scaling.widths;
  const width = widest(scaling);
  if (!base || !width || width === base || width.run.compute < CROWDED * base.run.compute) return undefined;
  return `The same chunks took ${time(width.run.compute)} of CPU on ${counted(width.workers, "worker")} and ${time(base.run.compute)} on ${base.workers}: the cores share caches, memory and clock.`;
};

const RULES: readonly (readonly [Cause["cause"], Rule])[] = [
  ["law", law],
  ["little", little],
  ["cores", cores],
  ["apart", apart],
  ["few chunks", fewChunks],
  ["uneven", uneven],
  ["storing", storing],
  ["waiting", waiting],
  ["crowded", crowded],
];

/** The most workers that have a core each. */
const widest = ({ widths, cores: most }: Scaling): Width | undefined =>
  widths.findLast(({ workers }) => workers <= most);

const percent = (share: number) => `${Math.round(100 * share)} %`;
const short = (value: number) => (value < 10 ? value.toFixed(1) : String(Math.round(value)));
const time = (seconds: number) =>
  seconds < 1
    ? `${Math.round(1000 * seconds)} ms`
    : `${seconds < 100 ? seconds.toPrecision(2) : Math.round(seconds)} s`;
const listed = (items: readonly string[]) =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
