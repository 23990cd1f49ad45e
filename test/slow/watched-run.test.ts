import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startCli } from "../helpers/cli.ts";
import { folderWith } from "../helpers/kernel-file.ts";
import { LISTENING, LOOPBACK, socketsOf } from "../helpers/sockets.ts";
import { temporaryFolder } from "../helpers/temporary.ts";
import { holes, pagesAt, startWatched } from "../helpers/watched.ts";

describe.each(["local", "threads", "serial"])("on engine %s", (engine) => {
  test("the page fills while the job runs, and browsers have its end before the run is over", async () => {
    const chunks = ["--points", "200x200", "--chunk", "20x20", "--duration", "60"];
    const job = ["double-pendulum", ...chunks, "--out", "out"];
    const run = startWatched(["run", ...job, "-e", engine, "--watch", "--no-open"]);
    const [pages, others] = await Promise.all([pagesAt(await run.url), pagesAt(await run.url)]);
    expect(await run.ended).toMatchObject({ code: 0 });
    const last = pages.at(-1)!;
    expect(last).toMatchObject({ state: "complete", counts: { total: 100, done: 100, failed: 0 } });
    expect(holes(last)).toBe(0);
    expect(others.at(-1)).toEqual(last);
    // It came bit by bit.
    const partly = pages.filter((page) => holes(page) > 0 && page.counts.done > 0);
    expect(partly.length).toBeGreaterThan(0);
  });
});

/** A second for each item, so that browsers come in time. */
const NAP = `import { task } from "manyhands/kernel";
import { setTimeout as sleep } from "node:timers/promises";
export default task({
  about: "naps",
  task: async (item: unknown) => {
    if (Number.isNaN(Number(item))) throw new Error("no number");
    await sleep(1000);
    return item;
  },
});
`;

test("a map's page counts its shards", async () => {
  const cwd = folderWith({ "nap.ts": NAP, "naps.jsonl": '1\n2\n3\n4\n5\n6\n7\n8\n"none"\n' });
  const items = ["./nap.ts", "naps.jsonl", "--items-per-shard", "1", "--workers", "1"];
  const run = startWatched(["map", ...items, "--no-plots", "--out", "out", "--watch", "--no-open"], { cwd });
  const last = (await pagesAt(await run.url)).at(-1)!;
  expect(last).toMatchObject({ state: "incomplete", values: [], counts: { done: 9, failed: 0 } });
  expect(await run.ended).toMatchObject({ code: 3 }); // one of the items is no number
});

test("a job that ended is shown until Ctrl-C, on the loopback interface alone", async () => {
  const cwd = temporaryFolder();
  await startCli(["run", "-e", "threads", "--size", "200", "--no-plots", "-q"], { cwd }).ended;
  const [jobId = ""] = readdirSync(join(cwd, "results"));
  const shown = startWatched(["watch", jobId, "--no-open"], { cwd });
  const url = await shown.url;
  const last = (await pagesAt(url)).at(-1)!;
  expect(last).toMatchObject({ jobId, state: "complete" });
  expect(holes(last)).toBe(0);
  // It stays: another browser gets the same.
  expect((await pagesAt(url)).at(-1)).toEqual(last);
  expect(await (await fetch(url)).text()).toContain("<main>");
  if (process.platform === "linux") {
    const listening = socketsOf(shown.child.pid!).filter(({ state }) => state === LISTENING);
    expect(listening).toHaveLength(1);
    expect(listening.filter(({ local }) => !LOOPBACK.test(local))).toEqual([]);
  }
  shown.child.kill("SIGINT");
  expect(await shown.ended).toMatchObject({ code: 0 });
  await expect(fetch(url)).rejects.toThrow();
});

test("a run that is interrupted says so on its page, and ends as ever", async () => {
  const job = [
    "double-pendulum",
    "--points",
    "400x400",
    "--chunk",
    "20x20",
    "--duration",
    "50",
    "--out",
    "out",
  ];
  const run = startWatched(["run", ...job, "--watch", "--no-open"]);
  const isShown = Promise.withResolvers<void>();
  const pages = pagesAt(await run.url, isShown.resolve);
  await Promise.race([isShown.promise, pages]);
  run.child.kill("SIGINT");
  expect((await pages).at(-1)).toMatchObject({ state: "interrupted" });
  expect(await run.ended).toMatchObject({ code: 130 });
});
