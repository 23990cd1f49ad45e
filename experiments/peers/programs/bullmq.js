/** BullMQ as its documentation begins: a worker process per core, blocks of rows as jobs, results in their return values. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { axes, escapeTime, now, tell } from "./loop.js";

const { PEERS_PACKAGES: packages = "", REDIS_SERVER: server = "", HOME: folder = "" } = process.env;
const { Queue, QueueEvents, Worker } = createRequire(`${packages}/`)("bullmq");

const connection = { path: `${folder}/redis.sock` };
const TASKS = 32;
/** A stream of events, which by default keeps the last 10,000. */
const KEPT_EVENTS = 1_000_000;
const [command, number] = process.argv.slice(2);

if (command === "work") new Worker("tasks", work, { connection });
else await main();

/** @param {{ data: { size: number, from: number, to: number } | null }} job */
async function work({ data }) {
  if (data === null) return "";
  const { y, x } = axes(data.size);
  const values = new Uint16Array((data.to - data.from) * x.length);
  let at = 0;
  for (let row = data.from; row < data.to; row++)
    for (const cr of x) values[at++] = escapeTime(cr, y[row] ?? 0);
  return Buffer.from(values.buffer).toString("base64");
}

async function main() {
  const settings = ["--port", "0", "--unixsocket", connection.path, "--save", "", "--appendonly", "no"];
  const redis = spawn(server, [...settings, "--dir", folder], { stdio: "ignore" });
  while (!existsSync(connection.path)) await sleep(5);
  const workers = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, [import.meta.filename, "work"], { stdio: "ignore" }),
  );
  const queue = new Queue("tasks", { connection, streams: { events: { maxLen: KEPT_EVENTS } } });
  const events = new QueueEvents("tasks", { connection });
  await events.waitUntilReady();
  while ((await queue.getWorkersCount()) < workers.length) await sleep(20);
  const ready = now();
  if (command === "noop") {
    await answers(Array.from({ length: Number(number) }, () => null));
    tell(ready, now());
  } else {
    const size = Number(number);
    const { y } = axes(size);
    const edge = (/** @type {number} */ task) => Math.floor((task * y.length) / TASKS);
    const blocks = Array.from({ length: TASKS }, (_, task) => ({
      size,
      from: edge(task),
      to: edge(task + 1),
    }));
    const parts = (await answers(blocks)).map((part) => Buffer.from(part, "base64"));
    const result = new Uint16Array(new Uint8Array(Buffer.concat(parts)).buffer);
    tell(ready, now(), result);
  }
  await queue.close();
  await events.close();
  for (const process of [...workers, redis]) {
    process.kill();
    await once(process, "exit");
  }

  /** What the tasks returned, in their order. @param {readonly unknown[]} tasks @returns {Promise<string[]>} */
  async function answers(tasks) {
    /** @type {Map<string, string>} */
    const found = new Map();
    const all = new Promise((resolve) => {
      events.on("completed", (/** @type {{ jobId: string, returnvalue: string }} */ done) => {
        found.set(done.jobId, done.returnvalue);
        if (found.size === tasks.length) resolve(undefined);
      });
    });
    const jobs = await queue.addBulk(tasks.map((data) => ({ name: "task", data })));
    await all;
    return jobs.map((/** @type {{ id: string }} */ { id }) => found.get(id) ?? "");
  }
}
