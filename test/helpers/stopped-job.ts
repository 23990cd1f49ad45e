import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { sameBytes, storedArray } from "./arrays.ts";
import { runCli, startCli } from "./cli.ts";
import { temporaryFolder } from "./temporary.ts";

/** A job of 36 chunks, as the command line takes it: some seven seconds of one core, so that whoever looks comes while it runs. */
export const LONG_JOB = [
  ...["double-pendulum", "--angle1", "-2:2", "--angle2", "-1.5:1.5", "--duration", "400"],
  ...["--points", "60x60", "--chunk", "10x10", "--no-plots"],
];
const OPTIONS = [...LONG_JOB, "--chunks-per-message", "2", "--job-id", "j"];
export const CHUNKS = 36;

/** The chunks that are stored in a job's folder. */
export const chunksIn = (folder: string) =>
  existsSync(join(folder, "array/time_to_first_flip/c"))
    ? readdirSync(join(folder, "array/time_to_first_flip/c"), { recursive: true, encoding: "utf8" }).filter(
        (name) => /^\d+\/\d+$/.test(name),
      )
    : [];

/** How many chunks the workers say that they computed. */
export function computedIn(folder: string): number {
  const lines = readdirSync(join(folder, "logs"))
    .filter((name) => name.startsWith("worker-"))
    .flatMap((name) => readFileSync(join(folder, "logs", name), "utf8").split("\n"));
  return lines
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .reduce((sum, { computed = [] }) => sum + computed.length, 0);
}

/** Starts the job in a process of its own, and waits until `atLeast` of its chunks are stored. */
export async function startedJob(engine: string, atLeast: number, ...options: string[]) {
  const cwd = temporaryFolder();
  const folder = join(cwd, "results/j");
  const started = startCli(["run", ...OPTIONS, "--engine", engine, ...options], { cwd });
  await vi.waitUntil(() => chunksIn(folder).length >= atLeast, { timeout: 60_000, interval: 5 });
  return { cwd, folder, ...started };
}

/** The number of stored chunks once it no longer grows: slots end a moment after their parent. */
export async function settledCount(folder: string): Promise<number> {
  const counts: number[] = [];
  const isQuiet = () => counts.push(chunksIn(folder).length) > 1 && counts.at(-1) === counts.at(-2);
  await vi.waitUntil(isQuiet, { interval: 400, timeout: 20_000 });
  return counts.at(-1)!;
}

let oracle: ReturnType<typeof wholeJob> | undefined;

/** Whether the folder's array is the one that a run without interruption gives. */
export async function isWhole(cwd: string): Promise<boolean> {
  oracle ??= wholeJob();
  return sameBytes(await arrayIn(cwd), await oracle);
}

async function wholeJob() {
  const cwd = temporaryFolder();
  expect((await runCli(["run", ...OPTIONS, "--engine", "threads", "-q"], { cwd })).code).toBe(0);
  return arrayIn(cwd);
}

async function arrayIn(cwd: string) {
  return storedArray(new FileStore({ "jobs/j/": join(cwd, "results/j") }), "j");
}
