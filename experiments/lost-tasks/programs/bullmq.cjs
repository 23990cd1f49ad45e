/** `work`, or `add` and the numbers of tasks: BullMQ as its documentation begins. */
const { writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { setTimeout: sleep } = require("node:timers/promises");
const { LOST_FOLDER: folder, LOST_PACKAGES: packages = "" } = process.env;
const { Queue, Worker } = createRequire(`${packages}/`)("bullmq");

const connection = { path: `${folder}/redis.sock` };
const [command, ...numbers] = process.argv.slice(2);

if (command === "work") new Worker("tasks", work, { connection });
else void add();

/** @param {{ data: string }} job */
async function work({ data: number }) {
  mark("began", number);
  await sleep(1000);
  mark("done", number);
}

async function add() {
  const queue = new Queue("tasks", { connection });
  await queue.addBulk(numbers.map((number) => ({ name: "task", data: number })));
  await queue.close();
}

/** @param {string} kind @param {string} number */
function mark(kind, number) {
  writeFileSync(`${folder}/${kind}/${number}.${process.pid}.${process.hrtime.bigint()}`, "");
}
