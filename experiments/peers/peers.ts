/** What is measured: each a program that a user of that tool would write, or manyhands itself. */
import { join } from "node:path";
import type { PhasesMs } from "../../client/engines/engine.ts";
import type { Answer, Program } from "./measure.ts";

const ROOT = join(import.meta.dirname, "../..");
const INSTALLED = join(import.meta.dirname, ".peers");
const PROGRAMS = join(import.meta.dirname, "programs");

export type Job = readonly ["compute", size: number] | readonly ["noop", count: number];

export interface Peer {
  /** Short, for `--only`, results and folders. */
  readonly name: string;
  readonly title: string;
  readonly ours?: true;
  /** `large`: would take many minutes. `noop`: has no tasks. `small` and `large`: another one of the same tool has them. */
  readonly skips: readonly ("small" | "large" | "noop")[];
  /** Empty tasks where NOOPS of them would take minutes. */
  readonly noops?: number;
  /** `compute`: a grid of about size/2 points a side; `noop`: `count` empty tasks, one by one. A program writes only into `folder`. */
  program(job: Job, folder: string): Program;
}

export const PEERS: readonly Peer[] = [
  ours("serial"),
  ours("threads"),
  ours("local"),
  ourNoops("packed", "manyhands, local, as the splitter packs them", "auto"),
  ourNoops("single", "manyhands, local, a message each", 1),
  {
    ...peer("manyhands-redis", "manyhands, redis, a warm fleet", [
      process.execPath,
      join(PROGRAMS, "manyhands-redis.ts"),
    ]),
    ours: true,
  },
  peer("c", "C, gcc -O3, threads", [join(INSTALLED, "bin/threads")], ["noop"]),
  peer("node", "Node worker threads", [process.execPath, join(PROGRAMS, "worker-threads.js")]),
  peer("numba", "numba, parallel", [...python("numba_loops.py"), "parallel"], ["noop"]),
  peer("numba1", "numba, serial", [...python("numba_loops.py"), "serial"], ["noop"]),
  peer("redis", "Redis list, numba", python("redis_queue.py")),
  peer("hotqueue", "hotqueue, numba", python("hotqueue_list.py")),
  { ...peer("rq", "rq, numba", python("rq_queue.py")), noops: 1000 },
  { ...peer("celery", "Celery, numba", python("celery_tasks.py")), noops: 2000 },
  peer("bullmq", "BullMQ", [process.execPath, join(PROGRAMS, "bullmq.js")]),
  { ...peer("cubed", "Cubed to Zarr, numba", python("cubed_zarr.py")), noops: 1000 },
  peer("dask", "Dask distributed, numba", python("dask_distributed.py")),
  peer("ray", "Ray, numba", python("ray_tasks.py")),
  { ...peer("lithops", "Lithops on localhost, numba", python("lithops_localhost.py")), noops: 1000 },
  peer("pool", "multiprocessing.Pool", python("python_pool.py"), ["large"]),
  peer("python", "pure Python", python("python_serial.py"), ["large", "noop"]),
];

function python(program: string): [string, string] {
  return [join(INSTALLED, "venv/bin/python"), join(PROGRAMS, program)];
}

function peer(
  name: string,
  title: string,
  command: readonly [string, ...string[]],
  skips: Peer["skips"] = [],
): Peer {
  return {
    name,
    title,
    skips,
    program: (job, folder) => ({
      command: [...command, ...job.map(String)],
      env: surroundings(folder),
      answer: (printed) => JSON.parse(printed) as Answer,
    }),
  };
}

/** As in an activated virtual environment, with nothing sent home and all traces in a folder that goes. */
function surroundings(folder: string) {
  const { PATH = "" } = process.env;
  return {
    PATH: `${join(INSTALLED, "venv/bin")}:${PATH}`,
    PYTHONPATH: PROGRAMS,
    HOME: folder,
    TMPDIR: folder,
    RAY_TMPDIR: folder,
    RAY_USAGE_STATS_ENABLED: "0",
    // Without it Ray's servers listen on every address, even where 127.0.0.1 is asked for.
    RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER: "0",
    REDIS_SERVER: join(INSTALLED, "bin/redis-server"),
    PEERS_PACKAGES: join(INSTALLED, "node"),
  };
}

/** manyhands without pictures; its phases after start-up, until the array is stored and summed, are its compute. */
function ours(engine: string): Peer {
  return {
    name: `manyhands-${engine}`,
    title: `manyhands, ${engine}`,
    ours: true,
    skips: ["noop"],
    program: ([, size], folder) => ({
      command: [
        ...([process.execPath, join(ROOT, "cli/main.js"), "run", "--engine", engine] as const),
        ...["--size", String(size), "--no-plots", "--json", "--out", join(folder, "out")],
      ],
      env: {},
      answer(printed) {
        const { phasesMs, sum } = JSON.parse(printed) as { phasesMs: PhasesMs; sum: number };
        const { startUp, split, compute, aggregate } = phasesMs;
        return { startUpMs: startUp, computeMs: split + compute + aggregate, sum };
      },
    }),
  };
}

/** Empty chunks through the engine local, each stored in a file of its own. */
function ourNoops(name: string, title: string, chunksPerMessage: number | "auto"): Peer {
  return {
    ...peer(`manyhands-${name}`, title, [
      ...([process.execPath, join(PROGRAMS, "manyhands-noop.ts")] as const),
      String(chunksPerMessage),
    ]),
    ours: true,
    skips: ["small", "large"],
  };
}
