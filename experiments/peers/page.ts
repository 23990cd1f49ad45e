import type { Page } from "../measuring/page.ts";
import { medianOf } from "../measuring/statistics.ts";
import { PEERS } from "./peers.ts";
import { drawPeers } from "./picture.ts";
import { JOBS, NOOPS, peerTables, type Results, type Runs, timed, wholeSeconds } from "./tables.ts";

/** What a stored chunk of its own message is to take. */
const TARGET_MS = 0.4;

export function page(results: Results): Page {
  const used = Object.entries(results.versions).map(([name, version]) => `${name} ${version}`);
  return {
    answer: answer(results),
    about:
      `The same array computed by manyhands and by what one would use instead, each a small program as a user of that tool would write it (\`experiments/peers/programs/\`): two workers or threads on two cores, blocks of rows as tasks, every sum checked against the oracle. From spawning the process to its exit; median of ${most(results.small)} runs in turn of the small job, ${most(results.large)} of the large one and ${most(results.noop)} of the empty tasks, one where that took more than nine seconds; smallest and largest in brackets. Every run starts its servers and workers anew, with caches warm: numba has compiled the loop before, manyhands has built its bundles.

![Seconds from start to exit, by tool, for both jobs](../pictures/peers.png)

- **start-up**: until the tool could compute: imports, cluster, and its workers' first call (Lithops starts its workers for each map anew, and Cubed has threads: there it is the imports). For manyhands its phase \`startUp\`; its workers start during what counts as compute here.
- **compute**: until the whole array is in hand. Cubed and manyhands have stored it by then, as chunks of a Zarr array on disk; the others have it in memory. What is left of the whole process is the sum and shutting down.
- **peak memory**: all processes of the program together, pages they share counted once (Pss). Of the small job the largest of samples 20 ms apart in a run before those that are timed, of the large job 100 ms apart in the last one.
- **the loop**: the same operations in the same order everywhere, so that every cell agrees. manyhands computes it with its WebAssembly twin, which proves for most interior points that they never escape and takes several points at a time; everybody else runs the plain loop, compiled by numba, gcc or V8. Most of its lead on the large job is this; \`serial\` against C shows how much, and the small job and the empty tasks show what the pipelines themselves cost. Nothing but the programmer's work keeps the others from such a loop.
- **empty tasks**: calls of a function that does nothing, as the tool maps them, from the first sent to the last answered. Cubed, Lithops and manyhands store a result for each, with a checksum: \`local\` through S3's protocol as a file on disk, \`redis\` in a Redis with an append-only file. The others keep it in memory, and their Redis keeps no file. A chunk is manyhands' task, and its splitter packs cheap ones, twenty a message here: the row with a message each is what the others' tasks cost it. numba and C have no tasks.
- **redis**: standing workers as \`manyhands worker\` starts them, which have done a small job before; its compute is from handing the job over to the array in its folder, and for empty tasks until all chunks are stored and reported. Its kernel of empty tasks comes from a user's file. ${noopVerdict(results)}
- **where it is not ahead**: C needs no runtime to start, and is done with the small job first. The pipeline of \`local\` (four processes, two queues, a store) costs half a second: for a small job threads in one process are the better tool, ours or anybody's. And a task that nothing stores is far cheaper in a pool in memory, as Node's, Python's or a Redis list.
- Pure Python and its Pool, without numpy, ran the small job only. Lithops uses its localhost backend's version 1: the default starts Python anew for each call.

The peers come from PyPI and Debian: \`experiments/peers/install.sh\` puts them into a folder of their own (0.7 GB), \`--only <name>\` measures one of them. Here: ${used.join(", ")}. ${circumstances(results)}`.trim(),
    tables: peerTables(results),
    pictures: { "peers.png": () => drawPeers(results) },
  };
}

/** How often it was run, but by those that take long. */
const most = (runs: Runs) => Math.max(...Object.values(runs).map((each) => timed(each).length));

/** Holds engine redis's empty chunk against the target. */
function noopVerdict({ noop }: Results): string {
  const runs = noop["manyhands-redis"];
  if (!runs) return "";
  const ms = medianOf(runs, ({ computeMs }) => computeMs / NOOPS);
  const verdict =
    ms <= TARGET_MS
      ? "met"
      : `missed by ${(ms - TARGET_MS).toFixed(2)} ms ([pipeline](pipeline.md) says where the time goes)`;
  return `The target of ${TARGET_MS} ms a stored chunk, a message each, is ${verdict}: ${ms.toFixed(2)} ms.`;
}

/** Why peers are missing, and the load when each part began. */
function circumstances({ load, missing = {} }: Results): string {
  const why = Object.entries(missing).map(([name, reason]) => `Not measured: ${name} (${reason}).`);
  const loads = load
    ? [
        `Load when the parts began: ${Object.values(load)
          .map((each) => each.toFixed(1))
          .join(", ")}.`,
      ]
    : [];
  return [...loads, ...why].join(" ");
}

/** For each job the fastest program, the fastest of the others where that is ours, and the pipeline of `local`. */
function answer(results: Results): string {
  const parts = (["small", "large"] as const).map((job) => {
    const ranked = PEERS.flatMap((peer) => {
      const seconds = wholeSeconds(results[job], peer);
      return seconds === undefined ? [] : [{ ...peer, seconds }];
    }).sort((a, b) => a.seconds - b.seconds);
    const [fastest, other, local] = [
      ranked[0]!,
      ranked.find(({ ours }) => !ours)!,
      ranked.find(({ name }) => name === "manyhands-local")!,
    ];
    const shown = (seconds: number) => `${seconds.toFixed(2)} s`;
    const rival = fastest.ours
      ? `, ${shown(other.seconds)} by the fastest of the others (${other.title})`
      : "";
    return `${JOBS[job].points} points take ${shown(fastest.seconds)} by the fastest program (${fastest.title})${rival} and ${shown(local.seconds)} by ${local.title}`;
  });
  return `From start to exit, ${parts.join("; ")}.`;
}
