/**
 * What many chunks cost: through the embedded cloud, the aggregator's requests, and the splitter of a million. With
 * `--counted` only what does not depend on the machine is done again, beside the times that were recorded.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { STAGES } from "../../shared/build/bundling.ts";
import { median, origin, publish, spread } from "../report.ts";
import { aggregatedJob } from "./aggregated-job.ts";
import type { Split } from "./split.ts";
import type { WholeJob } from "./whole-job.ts";

const REPEATS = 3;
const JOBS: readonly (readonly [down: number, across: number])[] = [
  [25, 40],
  [100, 100],
  [250, 400],
];
const COUNTED = [1_000, 10_000, 100_000];
/** Chunks along each side: a hundred thousand, about, and a million. */
const SPLITS = [
  [316, "auto"],
  [1000, "auto"],
  [316, 1],
  [1000, 1],
] as const;
/** The splitter sends ten messages with a request, sixteen requests at a time. */
const [BATCH, IN_FLIGHT] = [10, 16];
const LATENCIES_MS = [20, 50, 100];
const LIMIT = { seconds: 900, mb: 1769 };

function measure<Result>(...args: readonly (string | number)[]): Result {
  const measured = execFileSync(process.execPath, [
    join(import.meta.dirname, "measure.ts"),
    ...args.map(String),
  ]);
  console.error(measured.toString().trim());
  return JSON.parse(measured.toString()) as Result;
}

const recorded = process.argv.includes("--counted")
  ? JSON.parse(readFileSync(join(import.meta.dirname, "results.json"), "utf8"))
  : undefined;
const jobs: WholeJob[] = recorded?.results.jobs ?? [];
const splits: Split[] = recorded?.results.splits ?? [];
for (let repeat = 0; repeat < (recorded ? 0 : REPEATS); repeat++) {
  for (const [down, across] of JOBS) jobs.push(measure("job", down, across, "auto"));
  for (const [side, perMessage] of SPLITS) splits.push(measure("split", side, perMessage));
}
const counted = [];
for (const chunks of COUNTED) {
  for (const [environments, repeated] of [
    [1, 0],
    [2, 0],
    [2, 0.05],
  ] as const) {
    const { summary, ...counts } = await aggregatedJob(chunks, { environments, repeated });
    if (summary?.state !== "complete") throw new Error("Expected the job to be complete");
    counted.push({ chunks, environments, repeated, ...counts });
  }
}

const figure = (value: number) => value.toLocaleString("en");
const ofJobs = (chunks: number, of: (job: WholeJob) => number, digits = 0) =>
  spread(jobs.filter((job) => job.chunks === chunks).map(of), digits);
const PROCESSES = [...STAGES, "client"] as const;

publish(
  "load",
  `Jobs of many chunks. Figures are medians of ${REPEATS} runs, smallest and largest in brackets; on a machine that others use as well, CPU time says more than wall time.`,
  recorded?.from ?? origin("node experiments/load/run.ts"),
  { jobs, splits, counted },
  [
    {
      title:
        "A kernel that computes nothing, chunks of 2 x 2, automatic messages, engine local with two workers, the store in memory (/dev/shm): CPU time (ms) for each chunk, and peak memory (MB) of the largest process; `client` is the command line with the embedded SQS and S3",
      columns: [
        "chunks",
        "messages",
        "wall (s)",
        ...PROCESSES.map((name) => `${name} CPU`),
        ...PROCESSES.map((name) => `${name} MB`),
      ],
      rows: JOBS.map(([down, across]) => {
        const chunks = down * across;
        const { messages = 0 } = jobs.find((job) => job.chunks === chunks) ?? {};
        return [
          ...[figure(chunks), figure(messages), ofJobs(chunks, ({ wallMs }) => wallMs / 1000, 1)],
          ...PROCESSES.map((name) => ofJobs(chunks, ({ used }) => used[name].cpuMs / chunks, 2)),
          ...PROCESSES.map((name) => ofJobs(chunks, ({ used }) => used[name].peakMb)),
        ];
      }),
    },
    {
      title:
        "What the aggregator asks of its store, by counting: every chunk in a report of its own, batches of 50. Each request takes 20 ms of simulated time, a page of 1,000 keys 50 ms. Nothing here depends on the machine",
      columns: [
        "chunks",
        "environments",
        "reported twice",
        "batches",
        "PUT",
        "GET",
        "LIST requests",
        "keys listed",
        "GET per chunk",
        "keys listed per chunk",
      ],
      rows: counted.map(
        ({ chunks, environments, repeated, batches, puts, gets, listRequests, keysListed }) => [
          ...[
            figure(chunks),
            environments,
            `${repeated * 100} %`,
            figure(batches),
            figure(puts),
            figure(gets),
          ],
          ...[
            figure(listRequests),
            figure(keysListed),
            (gets / chunks).toFixed(3),
            (keysListed / chunks).toFixed(2),
          ],
        ],
      ),
    },
    {
      title: `The splitter's own process against the embedded queue, and what follows for SQS: batches of ${BATCH}, ${IN_FLIGHT} requests in flight, each answered after an assumed latency; never less than its CPU time here. Lambda gives it ${LIMIT.seconds} s and ${figure(LIMIT.mb)} MB. Not measured on AWS, where TLS adds CPU time to each request`,
      columns: [
        ...["chunks", "messages", "wall here (s)", "CPU (s)", "peak MB", "of its memory"],
        ...LATENCIES_MS.map((ms) => `on SQS at ${ms} ms (s)`),
        "share of its time, at most",
      ],
      rows: SPLITS.map(([side, perMessage]) => {
        const same = splits.filter(
          (split) => split.chunks === side ** 2 && (split.messages === side ** 2) === (perMessage === 1),
        );
        const messages = same[0]?.messages ?? 0;
        const cpuSeconds = median(same.map(({ splitter }) => splitter.cpuMs / 1000));
        const seconds = LATENCIES_MS.map((ms) =>
          Math.max(cpuSeconds, (messages / BATCH / IN_FLIGHT) * (ms / 1000)),
        );
        const peakMb = same.map(({ splitter }) => splitter.peakMb);
        return [
          ...[
            figure(side ** 2),
            figure(messages),
            spread(
              same.map(({ wallMs }) => wallMs / 1000),
              1,
            ),
          ],
          ...[
            spread(
              same.map(({ splitter }) => splitter.cpuMs / 1000),
              1,
            ),
            spread(peakMb),
          ],
          `${Math.round((100 * Math.max(...peakMb)) / LIMIT.mb)} %`,
          ...seconds.map((value) => value.toFixed(0)),
          `${Math.round((100 * Math.max(...seconds)) / LIMIT.seconds)} %`,
        ];
      }),
    },
  ],
);
