import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { STAGES, type Stage } from "../../shared/build/bundling.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";

/**
 * What every cold start loads beside the kernels, in KB (1,000 bytes), by what it is for. With the SDK each would be 430 KB more. What
 * computes kernels from files is a bundle of its own.
 */
const PARTS_KB: Readonly<Record<Stage, Readonly<Record<string, number>>>> = {
  splitter: {
    "its work, on Node 22 too": 136,
    "logarithmic axes": 8,
    "inputs by name, lists of items, uploads": 7,
    "connections made while it starts": 1,
    "sizing a job, and its fleet's knee": 2,
    "limits: prices, seats and coins": 14.5,
    "kernels in Python": 1,
    "messages that were handed on": 0.5,
    "more colour maps, special values": 0.5,
  },
  worker: {
    "its work, on Node 22 too": 123,
    "logarithmic axes": 4,
    "inputs by name, lists of items, uploads": 7,
    "connections, and a rehearsal, while it starts": 3,
    "what it leaves to others, and how often, kernels in Python too": 2,
    "the gate of a limit": 7,
  },
  aggregator: {
    "its work, on Node 22 too": 151,
    "letters of pictures, in a file that the command line has too": 30,
    "surfaces that stand, sizes, special values, letters from outlines": 12,
    "prices, and what they price a job by": 13,
    "inputs by name, lists of items, events": 4,
    "connections made while it starts": 1,
    "jobs that wait, and jobs with a limit": 3,
    "what jobs with a limit pay of its time, and what it tells of that": 6,
    "ports from a file, on machines of one's own": 1,
  },
};
/** A kernel's own, so that one more needs no other budget. */
const KERNEL_KB = 1;
const budgetOf = (stage: Stage) =>
  Object.values(PARTS_KB[stage]).reduce((sum, kb) => sum + kb, KERNEL_KB * KERNELS.size);

test.each(STAGES)("the bundle of the %s stays within its budget", async (stage) => {
  const bundles = await ensureBundles({ folder: join(import.meta.dirname, "../../dist") });
  const folder = dirname(bundles[stage]);
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  expect(bytes / 1000).toBeLessThan(budgetOf(stage));
});

test("each program of a thread that the command line starts lies beside it among the built files", async () => {
  const root = join(import.meta.dirname, "../..");
  await ensureBundles({ folder: join(root, "dist") });
  const threads = ["cli", "client", "tools"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => readFileSync(join(root, folder, path), "utf8"))
      .flatMap((text) => [...text.matchAll(/import\.meta\.dirname, `([\w-]+)\$\{extname/g)])
      .map(([, name]) => `${name}.js`),
  );
  expect(threads).toContain("thread.js");
  expect(threads.filter((name) => !existsSync(join(root, "dist/cli", name)))).toEqual([]);
});
