/** What a task's code does to its process is an error of its item, and its neighbours have their values. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { loadFile } from "../../../shared/kernels/host/host.ts";
import type { MapRun } from "../../../shared/kernels/loaded.ts";
import { artifactOf } from "../../../tools/kernels/build-kernel.ts";
import { folderWith, pointFile } from "../../helpers/kernel-file.ts";
import { Stages } from "../../helpers/stages.ts";

const HASH = "0123456789abcdef";
const ALL: MapRun = {
  ...{ seed: 0, seconds: 60, first: 0, concurrency: 3, mostBytes: 2 ** 26, former: undefined },
  mayBegin: async () => true,
};

async function loadedFrom(text: string, kind: "task" | "kernel") {
  const folder = folderWith({ "mine.ts": text });
  const { artifact } = await artifactOf(join(folder, "mine.ts"), kind);
  writeFileSync(join(folder, `${HASH}.cjs`), artifact);
  return (await loadFile(folder, "mine", HASH))!;
}

/** The second item of three runs the statement, on line 5. */
async function mappedWith(statement: string) {
  const { map } = await loadedFrom(
    `import { task } from "manyhands/kernel";
import { exit } from "node:process";
import { EventEmitter } from "node:events";
export default task({ task: async (n: number) => { if (n === 1) {
${statement}
} void exit; void EventEmitter; return n; } });
`,
    "task",
  );
  return (await map!(["0", "1", "2"], ALL)).lines.map((line) => JSON.parse(line));
}

test.each([
  ["process.exit(0)", "process.exit(0);", "call of process.exit. (mine.ts:5)"],
  ["exit of node:process", "exit(0);", "call of process.exit. (mine.ts:5)"],
  ['require("node:process").exit', 'require("node:process").exit(0);', "call of process.exit."],
  ["a built-in's exit", 'process.getBuiltinModule("process").exit(0);', "call of process.exit."],
  ["reallyExit", "(process as any).reallyExit(0);", "call of process.reallyExit."],
  ["abort", "process.abort();", "call of process.abort."],
  ["a kill of itself", "process.kill(process.pid);", "call of process.kill of its own process."],
  ["an exit in a timer", "setTimeout(() => process.exit(0)); await new Promise(() => {});", "process.exit."],
  ["a rejection that is let go", 'void Promise.reject(new Error("lost"));', "Error: lost (mine.ts:5)"],
  ["a rejection of no error", "void Promise.reject();", "nothing awaits was rejected with undefined"],
  [
    "a throw in a timer",
    'setTimeout(() => { throw new Error("late"); }); await new Promise(() => {});',
    "Error: late (mine.ts:5)",
  ],
  [
    "an error event without a listener",
    'setImmediate(() => new EventEmitter().emit("error", new Error("event"))); await new Promise(() => {});',
    "Error: event (mine.ts:5)",
  ],
])("%s is its item's error", async (_, statement, sentence) => {
  expect(await mappedWith(statement)).toEqual([
    { index: 0, value: 0 },
    { index: 1, error: expect.stringContaining(sentence) },
    { index: 2, value: 2 },
  ]);
});

test("a task still asks whether its process is there, and sees all else of it", async () => {
  const lines = await mappedWith(
    "return [process.kill(process.pid, 0), process.pid, process.cwd() !== '', process.listenerCount('x')] as never;",
  );
  expect(lines[1]).toEqual({ index: 1, value: [true, process.pid, true, 0] });
});

test("what a timer throws after its item is nothing to the items after it", async () => {
  const { map } = await loadedFrom(
    `import { task } from "manyhands/kernel";
export default task({ task: (n: number) => n === 0
  ? (setTimeout(() => { throw new Error("late"); }, 200), n)
  : new Promise((resolve) => setTimeout(resolve, 400, n)) });
`,
    "task",
  );
  expect((await map!(["0", "1"], { ...ALL, concurrency: 1 })).given).toBe(2);
});

test("a file that leaves a rejected promise when it is loaded does not load", async () => {
  const text = 'import { task } from "manyhands/kernel";\nvoid Promise.reject(new Error("early"));\n';
  const loading = loadedFrom(`${text}export default task({ task: () => 1 });`, "task");
  await expect(loading).rejects.toThrow("early (mine.ts:2)");
});

test("a promise that a kernel's point leaves rejected fails its chunk, and an async point too", async () => {
  for (const [body, sentence] of [
    ['if (x === 0) Promise.reject(new Error("left")); return x;', "Error: left (mine.ts:6)"],
    ["return (async () => { throw new Error('async'); })() as never;", "to be a number"],
  ] as const) {
    const stages = new Stages([await loadedFrom(pointFile(body), "kernel")]);
    await stages.split({ kernel: "mine", requestId: "j", points: [4], chunk: [2], output: { plots: false } });
    const outcomes = [];
    for (const each of stages.chunks.take()) outcomes.push(await stages.work(each));
    expect(outcomes[0]?.failures[0]?.error).toContain(sentence);
    if (body.startsWith("if")) expect(outcomes[1]).toMatchObject({ computed: [1], failures: [] });
  }
});

const STRAYS = pathToFileURL(join(import.meta.dirname, "../../../shared/kernels/host/strays.ts"));

test.each([
  ["a rejection", 'Promise.reject(new Error("ours"));', "unhandledRejection"],
  ["a throw", 'setTimeout(() => { throw new Error("ours"); });', "uncaughtException"],
])(
  "%s that is no user code's is heard once by those who listen, before or later, or else ends the process",
  async (_, statement, event) => {
    const ended = (before: string, after = "") => {
      const program = `import { withStrays } from ${JSON.stringify(STRAYS.href)};
${before}
withStrays((error) => console.log("stray", error.message), () => void Promise.reject(new Error("a task's")));
${after}
setTimeout(() => { ${statement} }, 1);`;
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--input-type=module", "--eval", program],
        {
          encoding: "utf8",
        },
      );
      return { status, stdout, stderr };
    };
    expect(ended("")).toEqual({
      ...{ status: 1, stdout: "stray a task's\n" },
      stderr: expect.stringContaining("Error: ours\n    at "),
    });
    const listen = `process.on("${event}", (error) => console.log("heard", error.message));`;
    const heard = { status: 0, stdout: "stray a task's\nheard ours\n", stderr: "" };
    expect(ended(listen)).toEqual(heard);
    // Node tells one that came later of strays too.
    expect(ended("", listen)).toEqual({
      ...heard,
      stdout: expect.stringMatching(/^stray(?!.*ours.*ours).*heard ours\n$/s),
    });
  },
);
