import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { STAGES, type Stage } from "../../shared/build/bundling.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";

/**
 * What every cold start loads beside the kernels, in KB (1,000 bytes). With the SDK each would be 430 KB more. Each runs on Node 22 too
 * and has some KB for lists of items (`map`) and for what was uploaded. Splitter and worker have 4 KB of exp for logarithmic axes (the splitter also 4 of log), and
 * what inputs by name take: their declarations, requests and checks, and axes of words. The aggregator has 65 of letters, in a file that the command line has too, 11 of prices, 2 of what comes of a job that waits, and what it prices
 * a job by, and 2 for EventBridge; the others half a KB of what reports and plans say for it. Connections that are made while a function
 * starts are half a KB, the worker's rehearsal 2, and how the splitter sizes a job and finds its fleet's knee 2. What computes kernels from files is a bundle of its own. The worker has half
 * a KB to leave to others what it cannot do.
 */
const BUDGET_KB: Readonly<Record<Stage, number>> = { splitter: 154, worker: 138, aggregator: 235 };
/** A kernel's own, so that one more needs no other budget. */
const KERNEL_KB = 1;

test.each(STAGES)("the bundle of the %s stays within its budget", async (stage) => {
  const bundles = await ensureBundles({ folder: join(import.meta.dirname, "../../dist") });
  const folder = dirname(bundles[stage]);
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  expect(bytes / 1000).toBeLessThan(BUDGET_KB[stage] + KERNEL_KB * KERNELS.size);
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
  expect(threads).toContain("load-thread.js");
  expect(threads.filter((name) => !existsSync(join(root, "dist/cli", name)))).toEqual([]);
});
