import { STAGES } from "../../shared/build/bundling.ts";
import type { Page } from "../measuring/page.ts";
import { FLEET_PROCESSES } from "../measuring/redis-fleet.ts";
import { median, spread, spreadOf } from "../measuring/statistics.ts";
import { columnsFor, type Table, tableOf } from "../measuring/table.ts";
import type { CloudCpu } from "./cloud-cpu.ts";
import type { ColdStart } from "./cold-start.ts";
import type { RedisRun } from "./on-redis.ts";
import type { NoopRun, Results } from "./run.ts";

export const WARM_REPEATS = 15;

export interface Setting {
  /** Chunks per message. */
  readonly packing: number | "auto";
  /** On this machine's disk, creating a file takes longer than all the rest. */
  readonly store: "memory" | "disk";
}

export const SETTINGS: readonly Setting[] = [
  { packing: "auto", store: "memory" },
  { packing: 1, store: "memory" },
  { packing: "auto", store: "disk" },
];

/** Chunks per message. */
export const ON_REDIS = [1, "auto"] as const;

const REDIS =
  "On Redis the same chunks, of a kernel from a user's file, go to standing workers that are warm; `parent` receives and acknowledges, and `client` splits, follows, aggregates beside the machine's own aggregator and afterwards fetches the chunks, which is in its CPU time and not in the wall time. ";

export function page(results: Results): Page {
  const [packed, single] = SETTINGS.map((setting) => median(perChunk(results, setting, wallMs)).toFixed(0));
  return {
    answer: `A chunk that computes nothing takes ${packed} µs from the splitter to the summary as the splitter packs it, and ${single} µs in a message of its own; the default job takes ${median(results.warm).toFixed(0)} ms where slots and servers are up.`,
    about:
      "What the pipeline costs by itself. 10,000 chunks of 10 x 10 elements of a kernel that computes nothing go through the embedded cloud with two workers; each is stored, with its checksum, as an object of its own, which is a file: on the disk, or in a folder in memory (creating a file takes 0.03 ms there and 0.1 to 1 ms on this machine's disk). Wall time is from the splitter's invocation to the summary; CPU time is that of all processes of a stage from their start on, their loading included. `cloud` is the process that holds the embedded queues and the store and plays the event source. " +
      (results.onRedis ? REDIS : "") +
      "Medians, smallest and largest in brackets.",
    tables: [
      noopTable(results),
      ...(results.onRedis ? [redisTable(results.onRedis)] : []),
      cloudTable(results.cloud),
      {
        title:
          "The default job with slots and servers up: ms from the first message sent to the last report in",
        columns: ["runs", "makespan"],
        rows: [[WARM_REPEATS, spread(results.warm)]],
      },
      coldTable(results.cold),
    ],
  };
}

const wallMs = (run: NoopRun) => run.wallMs;

/** Microseconds by run. */
function perChunk({ noop }: Results, { packing, store }: Setting, ms: (run: NoopRun) => number): number[] {
  const same = noop.filter((one) => one.packing === packing && one.store === store);
  return same.map(({ run }) => (ms(run) * 1000) / run.chunks);
}

function noopTable(results: Results): Table {
  return tableOf("10,000 no-op chunks: µs per chunk", SETTINGS, {
    "chunks per message": ({ packing }) => packing,
    messages: ({ packing }) => results.noop.find((one) => one.packing === packing)?.run.messages ?? 0,
    store: ({ store }) => store,
    wall: (setting) => spread(perChunk(results, setting, wallMs)),
    ...columnsFor(
      [...STAGES, "cloud"] as const,
      (process) => `${process} CPU`,
      (setting: Setting, process) => spread(perChunk(results, setting, ({ cpuMs }) => cpuMs[process])),
    ),
  });
}

function redisTable(runs: readonly RedisRun[]): Table {
  const of = (packing: RedisRun["packing"]) => runs.filter((run) => run.packing === packing);
  const us = (ms: (run: RedisRun) => number) => (packing: RedisRun["packing"]) =>
    spreadOf(of(packing), (run) => (1000 * ms(run)) / run.chunks);
  return tableOf<RedisRun["packing"]>(
    "10,000 no-op chunks on Redis, the fleet warm: µs per chunk",
    ON_REDIS,
    {
      "chunks per message": (packing) => packing,
      wall: us(({ wallMs }) => wallMs),
      makespan: us(({ makespanMs }) => makespanMs),
      ...columnsFor(
        FLEET_PROCESSES,
        (name) => `${name} CPU`,
        (packing: RedisRun["packing"], name) => us(({ cpuMs }) => cpuMs[name])(packing),
      ),
      "scripts a chunk": (packing) => spreadOf(of(packing), ({ scripts }) => scripts, 2),
      load: (packing) => spreadOf(of(packing), ({ load }) => load, 1),
    },
  );
}

function cloudTable(cloud: readonly CloudCpu[]): Table {
  const figure = (of: keyof CloudCpu) => spreadOf(cloud, (each) => each[of]);
  return {
    title: "The embedded cloud: µs of CPU time per object of 100 bytes or message of 500",
    columns: ["", "in the cloud's process", "in the client's"],
    rows: [
      ["PUT", figure("putUs"), figure("putClientUs")],
      ["send, ten a batch", figure("sendUs"), figure("sendClientUs")],
      ["receive and delete, ten a batch", figure("receiveUs"), "the same process"],
    ],
  };
}

function coldTable(cold: readonly ColdStart[]): Table {
  type Bundle = ColdStart["stage"];
  const starts = (compiled: boolean) => (stage: Bundle) =>
    spreadOf(
      cold.filter((one) => one.stage === stage && one.compiled === compiled),
      ({ ms }) => ms,
    );
  return tableOf<Bundle>(
    "Cold start of a slot: ms from fork to ready, median of 15",
    ["nothing", ...STAGES],
    {
      bundle: (stage) => stage,
      "nothing compiled before (as on Lambda)": starts(false),
      "with V8's compiled code kept": starts(true),
    },
  );
}
