import { tmpdir } from "node:os";
import { STAGES } from "../../shared/build/bundling.ts";
import { origin, publish, spread } from "../report.ts";
import { cloudCost } from "./cloud-cost.ts";
import { coldStarts } from "./cold-start.ts";
import { type NoopRun, runNoop } from "./noop-run.ts";
import { warmMakespans } from "./warm-run.ts";

const REPEATS = 3;
const WARM_REPEATS = 15;
/** What lies in memory, where there is such a folder: creating a file on this machine's disk takes longer than all the rest. */
const RAM = "/dev/shm";

interface Setting {
  readonly packing: number | "auto";
  readonly store: "memory" | "disk";
}

const SETTINGS: readonly Setting[] = [
  { packing: "auto", store: "memory" },
  { packing: 1, store: "memory" },
  { packing: "auto", store: "disk" },
];

const noop: (Setting & { readonly run: NoopRun })[] = [];
for (let repeat = 0; repeat < REPEATS; repeat++) {
  for (const setting of SETTINGS) {
    const run = await runNoop(setting.packing, setting.store === "memory" ? RAM : tmpdir());
    noop.push({ ...setting, run });
    console.error(JSON.stringify(noop.at(-1)));
  }
}
const cloud = [];
for (let repeat = 0; repeat < REPEATS; repeat++) cloud.push(await cloudCost());
const warm = await warmMakespans(WARM_REPEATS);
const cold = await coldStarts();

const perChunk = (of: (run: NoopRun) => number, runs: readonly NoopRun[]) =>
  spread(runs.map((run) => (of(run) * 1000) / run.chunks));
publish(
  "pipeline",
  "What the pipeline costs by itself. 10,000 chunks of 10 x 10 elements of a kernel that computes nothing go through the embedded cloud with two workers; each is stored, with its checksum, as an object of its own, which is a file: on the disk, or in a folder in memory (creating a file takes 0.03 ms there and 0.1 to 1 ms on this machine's disk). Wall time is from the splitter's invocation to the summary; CPU time is that of all processes of a stage from their start on, their loading included. `cloud` is the process that holds the embedded queues and the store and plays the event source. Medians, smallest and largest in brackets.",
  origin("node experiments/pipeline/run.ts"),
  { noop, cloud, warm, cold },
  [
    {
      title: "10,000 no-op chunks: µs per chunk",
      columns: [
        "chunks per message",
        "messages",
        "store",
        "wall",
        ...STAGES.map((stage) => `${stage} CPU`),
        "cloud CPU",
      ],
      rows: SETTINGS.map(({ packing, store }) => {
        const runs = noop
          .filter((one) => one.packing === packing && one.store === store)
          .map(({ run }) => run);
        return [
          packing,
          runs[0]?.messages ?? 0,
          store,
          perChunk(({ wallMs }) => wallMs, runs),
          ...([...STAGES, "cloud"] as const).map((stage) => perChunk(({ cpuMs }) => cpuMs[stage], runs)),
        ];
      }),
    },
    {
      title: "The embedded cloud: µs of CPU time per object of 100 bytes or message of 500",
      columns: ["", "in the cloud's process", "in the client's"],
      rows: [
        ["PUT", spread(cloud.map(({ putUs }) => putUs)), spread(cloud.map(({ putClientUs }) => putClientUs))],
        [
          "send, ten a batch",
          spread(cloud.map(({ sendUs }) => sendUs)),
          spread(cloud.map(({ sendClientUs }) => sendClientUs)),
        ],
        [
          "receive and delete, ten a batch",
          spread(cloud.map(({ receiveUs }) => receiveUs)),
          "the same process",
        ],
      ],
    },
    {
      title:
        "The default job with slots and servers up: ms from the first message sent to the last report in",
      columns: ["runs", "makespan"],
      rows: [[WARM_REPEATS, spread(warm)]],
    },
    {
      title: "Cold start of a slot: ms from fork to ready, median of 15",
      columns: ["bundle", "nothing compiled before (as on Lambda)", "with V8's compiled code kept"],
      rows: (["nothing", ...STAGES] as const).map((stage) => [
        stage,
        ...[false, true].map((compiled) =>
          spread(cold.filter((one) => one.stage === stage && one.compiled === compiled).map(({ ms }) => ms)),
        ),
      ]),
    },
  ],
);
