/**
 * Runs every peer's program and manyhands in turn, and makes the tables and the picture. install.sh goes first.
 * `--only <name>` measures that one and prints its tables, with `--keep` it takes its place among the recorded results;
 * `--recorded` makes page and picture from results.json again.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { markdown, type Origin, origin, publishSection } from "../measuring/page.ts";
import { PEERS } from "./peers.ts";
import { drawPeers } from "./picture.ts";
import { measureAll } from "./session.ts";
import { peerTables, REPEATS, type Results } from "./tables.ts";

const ROOT = join(import.meta.dirname, "../..");
const RESULTS = join(import.meta.dirname, "results.json");
const PACKAGES = ["numba", "numpy", "dask", "distributed", "ray", "lithops", "cubed", "zarr", "redis"];

const ABOUT = `The same array computed by manyhands and by what one would use instead, each a small program as a user of that tool would write it (\`experiments/peers/programs/\`): two workers or threads on two cores, blocks of rows as tasks, every sum checked against the oracle. From spawning the process to its exit; median of ${REPEATS.small} runs in turn (${REPEATS.large} of the large job), smallest and largest in brackets. Every run starts its servers and workers anew, with caches warm: numba has compiled the loop before, manyhands has built its bundles.

![Seconds from start to exit, by tool, for both jobs](../pictures/peers.png)

- **start-up**: until the tool could compute: imports, cluster, and its workers' first call (Lithops starts its workers for each map anew, and Cubed has threads: there it is the imports). For manyhands its phase \`startUp\`; its workers start during what counts as compute here.
- **compute**: until the whole array is in hand. Cubed and manyhands have stored it by then, as chunks of a Zarr array on disk; the others have it in memory. What is left of the whole process is the sum and shutting down.
- **peak memory**: all processes of the program together, pages they share counted once (Pss). Of the small job the largest of samples 20 ms apart in a run before those that are timed, of the large job 100 ms apart in the last one.
- **the loop**: the same operations in the same order everywhere, so that every cell agrees. manyhands computes it with its WebAssembly twin, which proves for most interior points that they never escape and takes several points at a time; everybody else runs the plain loop, compiled by numba, gcc or V8. Most of its lead on the large job is this; \`serial\` against C shows how much, and the small job and the empty tasks show what the pipelines themselves cost. Nothing but the programmer's work keeps the others from such a loop.
- **empty tasks**: calls of a function that does nothing, as the tool maps them, from the first sent to the last answered; once only where that took more than ten seconds. Cubed, Lithops and manyhands store a result for each, manyhands through S3's protocol, with a checksum and a file on disk; Pool, Node, Redis, Dask and Ray keep it in memory. A chunk is manyhands' task, and its splitter packs cheap ones, twenty a message here: the row with a message each is what the others' tasks cost it. numba and C have no tasks.
- **where it is not ahead**: C needs no runtime to start, and is done with the small job first. The pipeline of \`local\` (four processes, two queues, a store) costs half a second: for a small job threads in one process are the better tool, ours or anybody's. And a task that nothing stores is far cheaper in a pool in memory, as Node's, Python's or a Redis list.
- Pure Python and its Pool, without numpy, ran the small job only. Lithops uses its localhost backend's version 1: the default starts Python anew for each call.

The peers come from PyPI and Debian: \`experiments/peers/install.sh\` puts them into a folder of their own (0.7 GB), \`--only <name>\` measures one of them. Here: VERSIONS.`;

const { only, keep, recorded } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    keep: { type: "boolean", default: false },
    recorded: { type: "boolean", default: false },
  },
}).values;
if (recorded) {
  const { from, results } = readResults();
  publish(from, results);
} else {
  const peers = PEERS.filter(({ name }) => only?.includes(name) ?? true);
  if (peers.length === 0) throw new Error(`--only takes ${PEERS.map(({ name }) => name).join(", ")}`);
  const results = { versions: versions(), ...(await measureAll(peers)) };
  const from = origin("node experiments/peers/run.ts");
  if (only) console.log(peerTables(results).map(markdown).join("\n\n"));
  if (only && keep) {
    const before = readResults();
    const commit = `${before.from.commit}, ${only.join(" and ")} ${from.commit}`;
    const { small, large, noop } = before.results;
    const merged = {
      ...{ small: { ...small, ...results.small }, large: { ...large, ...results.large } },
      ...{ noop: { ...noop, ...results.noop }, versions: before.results.versions },
    };
    keepResults({ ...before.from, commit }, merged);
  }
  if (!only) keepResults(from, results);
}

function readResults(): { from: Origin; results: Results } {
  return JSON.parse(readFileSync(RESULTS, "utf8"));
}

function keepResults(from: Origin, results: Results): void {
  writeFileSync(RESULTS, `${JSON.stringify({ from, results }, null, 1)}\n`);
  publish(from, results);
}

function versions(): Record<string, string> {
  const installed = join(import.meta.dirname, ".peers");
  const first = (file: string, ...args: string[]) =>
    execFileSync(file, args, { encoding: "utf8" }).split("\n")[0];
  const program = `import json, platform; from importlib.metadata import version
print(json.dumps({"Python": platform.python_version(), **{name: version(name) for name in ${JSON.stringify(PACKAGES)}}}))`;
  return {
    ...JSON.parse(first(join(installed, "venv/bin/python"), "-c", program) ?? "{}"),
    gcc: first("gcc", "-dumpfullversion") ?? "",
    "Redis server": / v=(\S+)/.exec(first(join(installed, "bin/redis-server"), "--version") ?? "")?.[1] ?? "",
  };
}

function publish(from: Origin, results: Results): void {
  writeFileSync(join(ROOT, "docs/pictures/peers.png"), drawPeers(results));
  const used = Object.entries(results.versions).map(([name, version]) => `${name} ${version}`);
  const about = ABOUT.replace("VERSIONS", used.join(", "));
  publishSection("speed", "Against the peers", about, from, peerTables(results));
}
