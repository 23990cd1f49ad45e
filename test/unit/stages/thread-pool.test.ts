import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { ThreadDiedError, ThreadPool } from "../../../functions/worker/thread-pool.ts";

/** Does as it is told, and says which thread did. */
const PROGRAM = `
  const { parentPort, threadId } = require("node:worker_threads");
  let tasks = 0;
  parentPort.on("message", (task) => {
    if (task === "exit") process.exit(7);
    if (task === "throw") throw new TypeError("no such chunk");
    if (task === "hang") for (;;);
    if (task === "fill") for (const all = []; ; ) all.push(new Array(1e6).fill(all.length));
    parentPort.postMessage({ task, threadId, tasks: ++tasks });
  });`;

interface Echo {
  readonly task: string;
  readonly threadId: number;
  /** How many its thread has answered. */
  readonly tasks: number;
}

function makePool(size: number) {
  let started = 0;
  const pool = new ThreadPool<string, Echo>(size, () => {
    started++;
    return new Worker(PROGRAM, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 20 } });
  });
  onTestFinished(() => pool.close());
  return { pool, started: () => started };
}

test("threads start with the first tasks, not before, and stay", async () => {
  const { pool, started } = makePool(2);
  expect(started()).toBe(0);
  await pool.run("a");
  await pool.run("b");
  expect(started()).toBe(1);
  expect((await pool.run("c")).tasks).toBe(3);
});

test("tasks beyond the pool's size wait for a free thread, and each gets its own answer", async () => {
  const { pool, started } = makePool(2);
  const names = Array.from({ length: 20 }, (_, k) => `task-${k}`);
  const answers = await Promise.all(names.map((name) => pool.run(name)));
  expect(answers.map(({ task }) => task)).toEqual(names);
  expect(started()).toBe(2);
});

test.each([
  ["exit", "exit code 7"],
  ["throw", "TypeError: no such chunk"],
  ["fill", "memory limit"],
])("a thread that dies of `%s` fails its task alone, says why and is replaced", async (task, why) => {
  const { pool, started } = makePool(1);
  const first = await pool.run("a");
  const [died, next] = await Promise.allSettled([pool.run(task), pool.run("b")]);
  expect(died).toMatchObject({
    status: "rejected",
    reason: expect.objectContaining({ name: "ThreadDiedError", message: expect.stringContaining(why) }),
  });
  expect(next).toMatchObject({ status: "fulfilled", value: { task: "b" } });
  expect(next.status === "fulfilled" && next.value.threadId).not.toBe(first.threadId);
  expect(started()).toBe(2);
});

test("closing ends what is running and what waits", async () => {
  const { pool } = makePool(1);
  const running = [pool.run("hang"), pool.run("a"), pool.run("b"), pool.run("c")];
  await Promise.all([pool.close(), ...running.map((run) => expect(run).rejects.toThrow(ThreadDiedError))]);
});
