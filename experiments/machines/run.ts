/** Plays what happens to machines of one's own, in network namespaces: it takes root, `ip`, redis-server and libfaketime. */
import { globSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { noNamespaces } from "../../test/helpers/namespaces.ts";
import { experiment } from "../measuring/experiment.ts";
import { type Case, type Outcome, page, type Results } from "./page.ts";
import { type Printed, REDIS_URL, type Site, until, withSite } from "./site.ts";

const CABLE_OUT_MS = 20_000;
const POWER_OFF_MS = 3_000;
const REPEATS = 3;
/** The tutorial's array, as every engine has it. */
const DEFAULT_SUM = 51_214_485;
const [FAKETIME = ""] = globSync("/usr/lib/*/faketime/libfaketime.so.1");
const HOURS_LATER = { LD_PRELOAD: FAKETIME, FAKETIME: "+8h", DONT_FAKE_MONOTONIC: "1" };
/** Chunks of some 30 ms, a message each. */
const WORK = [
  "double-pendulum",
  "--points",
  "360x360",
  "--chunk",
  "24x24",
  "--chunks-per-message",
  "1",
  "--no-plots",
];
const ON_REDIS = ["--redis", REDIS_URL];

interface Summary {
  readonly state: string;
  readonly sum: number;
  readonly chunks: { readonly total: number; readonly done: number; readonly failed: number };
}

const summaryOf = ({ stdout, stderr }: Printed): Summary => {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`Expected a summary, got ${stdout} ${stderr}`);
  }
};
let workSum = Number.NaN;

/** What came of a job that must be whole. */
function whole(seconds: number, printed: Printed, sum = workSum): Outcome {
  const { state, chunks, sum: is } = summaryOf(printed);
  return { seconds, isRight: state === "complete" && is === sum && chunks.failed === 0 };
}

/** The same, with the seconds from `fromMs` until the job's end. */
async function wholeAtLast(fromMs: number, seconds: number, job: Promise<Printed>): Promise<Outcome> {
  const printed = await job;
  return { ...whole(seconds, printed), endSeconds: (Date.now() - fromMs) / 1000 };
}

/** Two machines at work on a job, of which each has done a few messages. */
async function atWork(site: Site): Promise<{ readonly job: Promise<Printed> }> {
  for (const machine of ["pc1", "pc2"]) site.startWorker(machine);
  await until(() => site.told.filter(({ kind }) => kind === "started").length === 2);
  const job = site.client(["run", ...ON_REDIS, ...WORK, "--json", "--job-id", "work"]);
  const done = (machine: string) =>
    site.told.filter((news) => news.machine === machine && news.kind === "done").length;
  await until(() => done("pc1") > 5 && done("pc2") > 5);
  return { job };
}

const CASES: Readonly<Record<Case, (site: Site) => Promise<Outcome>>> = {
  async cable(site) {
    const { job } = await atWork(site);
    site.network.setCable("down");
    await sleep(CABLE_OUT_MS);
    const inAgainMs = Date.now();
    site.network.setCable("up");
    return wholeAtLast(inAgainMs, await site.backAfter(inAgainMs), job);
  },

  async power(site) {
    const { job } = await atWork(site);
    site.network.powerOff("hub");
    await sleep(POWER_OFF_MS);
    const onMs = Date.now();
    site.network.powerOn();
    site.startRedis();
    return wholeAtLast(onMs, await site.backAfter(onMs), job);
  },

  async machine(site) {
    const { job } = await atWork(site);
    const goneMs = Date.now();
    site.network.powerOff("pc1");
    const held = (await site.redisCli("XPENDING", "manyhands:chunks", "workers", "-", "+", "9", "pc1"))
      .split("\n")
      .filter((line) => /^\d+-\d+$/.test(line));
    if (held.length === 0) throw new Error("Expected the machine to have had a message.");
    const doneAt = (id: string) =>
      site.told.find(
        ({ machine, kind, messageId }) => machine === "pc2" && kind === "done" && messageId === id,
      )?.atMs;
    await until(() => held.every(doneAt));
    const seconds = (Math.max(...held.map((id) => doneAt(id)!)) - goneMs) / 1000;
    return wholeAtLast(goneMs, seconds, job);
  },

  async redis(site) {
    const { job } = await atWork(site);
    await site.killRedis();
    const startedMs = Date.now();
    site.startRedis();
    return wholeAtLast(startedMs, await site.backAfter(startedMs), job);
  },

  async later(site) {
    await site.client(["submit", ...ON_REDIS, "--json", "--no-plots", "--job-id", "work"]);
    const { isUnattended } = JSON.parse(
      (await site.client(["status", "work", ...ON_REDIS, "--json"], HOURS_LATER)).stdout,
    );
    await site.killRedis();
    site.startRedis();
    const beganMs = Date.now();
    for (const machine of ["pc1", "pc2"]) site.startWorker(machine, HOURS_LATER);
    const printed = await site.client(["attach", "work", ...ON_REDIS, "--json"], HOURS_LATER);
    const seconds = (Date.now() - beganMs) / 1000;
    const outcome = whole(seconds, printed, DEFAULT_SUM);
    const isLater = site.told.every(({ atMs }) => atMs - beganMs > 7 * 3_600_000);
    return { seconds, isRight: outcome.isRight && isLater && isUnattended === true };
  },

  async poison(site) {
    for (const machine of ["pc1", "pc2"]) site.startWorker(machine);
    await until(() => site.told.filter(({ kind }) => kind === "started").length === 2);
    await site.redisCli("XADD", "manyhands:chunks", "*", "body", '{"no message');
    const beganMs = Date.now();
    const file = join(import.meta.dirname, "poison.ts");
    const options = [
      "--points",
      "10x10",
      "--chunk",
      "5x5",
      "--chunks-per-message",
      "1",
      "--no-plots",
      "--json",
    ];
    const { state, chunks } = summaryOf(await site.client(["run", file, ...ON_REDIS, ...options]));
    const seconds = (Date.now() - beganMs) / 1000;
    const next = summaryOf(await site.client(["run", ...ON_REDIS, "--json", "--no-plots"]));
    const isRight = state === "incomplete" && chunks.done === 3 && chunks.failed === 1;
    return { seconds, isRight: isRight && next.state === "complete" && next.sum === DEFAULT_SUM };
  },

  async cancelled(site) {
    const { job } = await atWork(site);
    const other = site.client(["run", ...ON_REDIS, ...WORK, "--json", "--job-id", "other"]);
    await until(() => site.told.length > 60);
    const askedMs = Date.now();
    await site.client(["cancel", "other", ...ON_REDIS]);
    const { state, chunks } = summaryOf(await other);
    const outcome = whole((Date.now() - askedMs) / 1000, await job);
    return { ...outcome, isRight: outcome.isRight && state === "cancelled" && chunks.done < chunks.total };
  },
};

// Removes what was made.
process.once("SIGINT", () => process.exit(130));

async function measureAll(): Promise<Results> {
  const lacking =
    noNamespaces() ?? (FAKETIME ? undefined : "no libfaketime is installed (Debian: libfaketime)");
  if (lacking) throw new Error(`Machines cannot be played here: ${lacking}.`);
  const loads = [loadavg()[0]!];
  workSum = await withSite(
    async ({ client }) => summaryOf(await client(["run", ...WORK, "--json", "--engine", "serial"])).sum,
  );
  const outcomes = {} as Record<Case, Outcome[]>;
  for (const name of ["later", "poison", "cancelled", "redis", "power", "machine", "cable"] as const) {
    const play = CASES[name];
    outcomes[name] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const beganMs = Date.now();
      const outcome = await withSite(play).catch((error: unknown) => {
        const seconds = (Date.now() - beganMs) / 1000;
        return { seconds, isRight: false, trouble: error instanceof Error ? error.message : String(error) };
      });
      console.error(new Date().toISOString(), name, JSON.stringify(outcome));
      outcomes[name].push(outcome);
    }
    loads.push(loadavg()[0]!);
  }
  return { loads, outcomes };
}

await experiment("machines", measureAll, page);
