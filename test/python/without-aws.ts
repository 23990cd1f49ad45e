/**
 * One job on ElasticMQ and versitygw, by a machine of Node and one of another language: `node test/python/without-aws.ts <command of a worker>`.
 * Exit code 1 where its sum is wrong, or one of the two did nothing.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAIN, runCli } from "../helpers/cli.ts";
import { endOf, firstOf } from "../helpers/first-of.ts";
import { lacking, startServers } from "../no-aws/servers.ts";

const SUM = 51214485;

if (lacking) {
  console.log(`Skipped: ${lacking}`);
  process.exit(0);
}
const servers = await startServers("jobs");
const cwd = mkdtempSync(join(tmpdir(), "manyhands-without-aws-"));
const place = ["--queue", servers.queue, "--store", "s3://jobs"];
// boto3 takes an empty profile for the name of one.
const env = Object.fromEntries(
  Object.entries({ ...process.env, ...servers.env }).filter(([, value]) => value),
);
const [program = "", ...args] = process.argv.slice(2);
const start = (file: string, options: readonly string[]) => {
  const child = spawn(file, [...options, ...place, "--workers", "1"], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr.pipe(process.stderr);
  return { child, isUp: firstOf(child, child.stderr), ended: once(child, "exit") };
};
const workers = [start(program, args), start(process.execPath, [MAIN, "worker"])];
try {
  await Promise.all(workers.map(({ isUp }) => isUp));
  // Chunks enough for both.
  const job = ["--job-id", "both", "--chunk", "25x25", "--chunks-per-message", "1", "--json"];
  const gone = workers.map(({ child }) => endOf(child, "both workers to work until the job's end"));
  const run = runCli(["run", ...job, ...place], { env: servers.env, cwd });
  const { stdout, stderr, code } = await Promise.race([run, ...gone]);
  if (code !== 0) throw new Error(stderr);
  const { sum, workers: used } = JSON.parse(stdout);
  const reports = join(servers.folder, "jobs/jobs/both/reports");
  const text = readdirSync(reports, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => readFileSync(join(reports, name), "utf8"))
    .join("");
  const streams = new Set([...text.matchAll(/"logStream":\s*"([^"]+)"/g)].map(([, name = ""]) => name));
  const byPython = [...streams].filter((name) => name.startsWith("python-"));
  console.log(`sum ${sum} by ${used} workers: ${[...streams].join(", ")}`);
  if (sum !== SUM || byPython.length === 0 || byPython.length === streams.size) process.exitCode = 1;
} finally {
  for (const { child } of workers) child.kill("SIGTERM");
  await Promise.all(workers.map(({ ended }) => ended));
  await servers.stop();
  rmSync(cwd, { recursive: true, force: true });
}
