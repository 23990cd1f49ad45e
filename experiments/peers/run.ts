/**
 * Runs every peer's program and manyhands in turn. install.sh goes first. `--only <name>` measures that one, prints its
 * tables and keeps nothing.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { experiment } from "../measuring/experiment.ts";
import { markdown } from "../measuring/table.ts";
import { page } from "./page.ts";
import { PEERS } from "./peers.ts";
import { measureAll } from "./session.ts";
import { peerTables, type Results } from "./tables.ts";

const PACKAGES = [
  "numba",
  "numpy",
  "dask",
  "distributed",
  "ray",
  "lithops",
  "cubed",
  "zarr",
  "redis",
  "hotqueue",
  "rq",
  "celery",
];

const { only } = parseArgs({
  options: { only: { type: "string", multiple: true }, page: { type: "boolean" } },
}).values;
if (only) {
  const peers = PEERS.filter(({ name }) => only.includes(name));
  if (peers.length === 0) throw new Error(`--only takes ${PEERS.map(({ name }) => name).join(", ")}`);
  const results = { versions: {}, ...(await measureAll(peers)) };
  console.log(peerTables(results).map(markdown).join("\n\n"));
} else {
  const measure = async (): Promise<Results> => ({ versions: versions(), ...(await measureAll(PEERS)) });
  await experiment("peers", measure, page);
}

function versions(): Record<string, string> {
  const installed = join(import.meta.dirname, ".peers");
  const first = (file: string, ...args: string[]) =>
    execFileSync(file, args, { encoding: "utf8" }).split("\n")[0];
  const program = `import json, platform; from importlib.metadata import version
print(json.dumps({"Python": platform.python_version(), **{name: version(name) for name in ${JSON.stringify(PACKAGES)}}}))`;
  return {
    ...JSON.parse(first(join(installed, "venv/bin/python"), "-c", program) ?? "{}"),
    BullMQ: JSON.parse(readFileSync(join(installed, "node/node_modules/bullmq/package.json"), "utf8"))
      .version,
    gcc: first("gcc", "-dumpfullversion") ?? "",
    "Redis server": / v=(\S+)/.exec(first(join(installed, "bin/redis-server"), "--version") ?? "")?.[1] ?? "",
  };
}
