/**
 * Kills a worker of each system and looks which tasks are done in the end. experiments/peers/install.sh goes first. `--only <name>`
 * tries that one and keeps nothing.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { experiment } from "../measuring/experiment.ts";
import { measure } from "../peers/measure.ts";
import { type Outcome, page, type Results } from "./page.ts";
import { type Kill, PEERS, SYSTEMS, type System } from "./systems.ts";

const PATIENCE_SECONDS = 120;
const PROGRAMS = join(import.meta.dirname, "programs");

const { only } = parseArgs({ options: { only: { type: "string" }, page: { type: "boolean" } } }).values;
if (only) {
  const chosen = SYSTEMS.filter(({ name }) => name === only);
  if (chosen.length === 0) throw new Error(`--only takes ${SYSTEMS.map(({ name }) => name).join(", ")}`);
  console.log(JSON.stringify(await tryAll(chosen), undefined, 2));
} else await experiment("lost-tasks", () => tryAll(SYSTEMS), page);

async function tryAll(systems: readonly System[]): Promise<Results> {
  const outcomes: Outcome[] = [];
  for (const system of systems)
    for (const kill of system.kills) {
      const outcome = { name: system.name, kill, ...(await killOne(system, kill)) };
      console.error(JSON.stringify(outcome));
      outcomes.push(outcome);
    }
  return { patienceSeconds: PATIENCE_SECONDS, outcomes };
}

async function killOne({ program: [file, ...args] }: System, kill: Kill) {
  // Short: a socket's path has at most 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), "lost-"));
  const python = join(PEERS, "venv/bin/python");
  try {
    return await measure(
      {
        command: [python, join(PROGRAMS, file), ...args],
        env: {
          PYTHONPATH: PROGRAMS,
          HOME: folder,
          RAY_USAGE_STATS_ENABLED: "0",
          RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER: "0",
          REDIS_SERVER: join(PEERS, "bin/redis-server"),
          NODE: process.execPath,
          LOST_FOLDER: folder,
          LOST_KILLS: kill,
          LOST_PACKAGES: join(PEERS, "node"),
          LOST_PATIENCE: `${PATIENCE_SECONDS}`,
        },
        answer: (printed) =>
          JSON.parse(printed.trim().split("\n").at(-1) ?? "") as Omit<Outcome, "name" | "kill">,
      },
      { timeoutMs: 1000 * (PATIENCE_SECONDS + 120) },
    ).then(({ done, runs, seconds }) => ({ done, runs, seconds }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
