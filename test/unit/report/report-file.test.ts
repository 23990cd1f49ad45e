import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { open, run } from "../../../api/index.ts";
import { reportOf } from "../../../api/written-report.ts";
import type { Engine, RunResult } from "../../../client/engines/engine.ts";
import { engineNamed } from "../../../client/engines/engines.ts";
import { readPageBytes } from "../../../client/page/read-page.ts";
import { startedPage } from "../../../client/page/started-page.ts";
import { packedPage } from "../../../client/report/packed-page.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { JOB_OF_4_CHUNKS, Stages } from "../../helpers/stages.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const MARKUP = "</script><script>alert(1)</script>";
const small = { engine: "serial", plots: false } as const;

function dataOf(html: string) {
  const [, base64 = ""] = /<script type="text\/plain" id="data">([^<]*)<\/script>/.exec(html) ?? [];
  return readPageBytes(new Uint8Array(inflateSync(Buffer.from(base64, "base64"))));
}

test("a job leaves a report of well below 2 MB, which asks for nothing and runs no script but its own", async () => {
  const out = join(temporaryFolder(), "job");
  const { summary } = await run("mandelbrot", {}, { ...small, size: 300, out });
  const html = readFileSync(join(out, "report.html"), "utf8");
  expect(html.length).toBeLessThan(300_000);
  expect(html).toContain(`content="default-src 'none'; script-src 'sha256-`);
  expect(html.replace(/http:\/\/www\.w3\.org\/2000\/svg/g, "")).not.toMatch(
    /https?:\/\/|\bsrc=|@import|url\(/,
  );
  const page = dataOf(html);
  expect(page.values[0]!.cells.reduce((sum, cell) => sum + cell, 0)).toBe(summary.sum);
  expect(page.command).toBe("");
});

test("a text of the job's cannot end the element that it lies in", () => {
  const job = { ...resolvedJob(JOB_OF_4_CHUNKS), submittedAtMs: 0 };
  const page = { ...startedPage(job, MARKUP, 4), about: MARKUP, command: MARKUP };
  const packed = packedPage(page);
  expect(packed).toMatch(/^[A-Za-z0-9+/=]+$/);
  expect(readPageBytes(new Uint8Array(inflateSync(Buffer.from(packed, "base64"))))).toEqual(page);
});

test("a folder has none where none is asked for, and a file of the library's says no command", async () => {
  const folder = join(temporaryFolder(), "without");
  await run("mandelbrot", {}, { ...small, size: 40, report: false, out: folder });
  expect(existsSync(join(folder, "report.html"))).toBe(false);
});

test("a resumption makes it again, and a folder in its place is refused before anything is computed", async () => {
  const folder = join(temporaryFolder(), "job");
  await run("mandelbrot", {}, { ...small, size: 40, out: folder });
  const path = join(folder, "report.html");
  rmSync(path);
  const job = await open(folder);
  await job.resume({ engine: "serial" });
  expect(existsSync(path)).toBe(true);
  rmSync(path);
  mkdirSync(path);
  await expect(job.resume({ engine: "serial" })).rejects.toThrow("report.html");
});

test("a job whose report cannot be written is complete, and says why it has none", async () => {
  const folder = temporaryFolder();
  const said: string[] = [];
  const told = {
    jobId: "j",
    folder,
    engine: engineNamed("serial"),
    at: {},
    command: "",
    signal: new AbortController().signal,
  };
  await reportOf(told, (sentence) => said.push(sentence)).write({} as RunResult);
  expect(said).toEqual([expect.stringMatching(/^There is no report.html: .*job.json/)]);
});

test("what is reported of a large job elsewhere is read there: its folder here has the pictures alone", async () => {
  const stages = new Stages();
  await stages.split(JOB_OF_4_CHUNKS);
  const summary = (await stages.runToEnd())!;
  const folder = temporaryFolder();
  const { store } = stages;
  writeFileSync(join(folder, "job.json"), store.objects.get("jobs/j/job.json")!);
  const jobs = async () => ({ withJob: (_: string, use: (found: object) => unknown) => use({ store }) });
  const engine = { ...engineNamed("aws"), jobs } as unknown as Engine;
  const said: string[] = [];
  const result = { summary, fetched: "pictures" } as RunResult;
  const told = { jobId: "j", folder, engine, at: {}, command: "", signal: new AbortController().signal };
  await reportOf(told, (sentence) => said.push(sentence)).write(result);
  expect(said).toEqual([]);
  const page = dataOf(readFileSync(join(folder, "report.html"), "utf8"));
  expect(page).toMatchObject({ engine: "aws", counts: { done: 4 } });
  expect(page.values[0]!.cells.reduce((sum, cell) => sum + cell, 0)).toBe(summary.sum);
});

test("a report is given up with the signal, without a word to wait for", async () => {
  const folder = temporaryFolder();
  const jobs = () => new Promise(() => {}); // a store that never answers
  const engine = { ...engineNamed("aws"), jobs } as unknown as Engine;
  const controller = new AbortController();
  const said: string[] = [];
  const told = { jobId: "j", folder, engine, at: {}, command: "", signal: controller.signal };
  const written = reportOf(told, (sentence) => said.push(sentence)).write({
    fetched: "pictures",
  } as RunResult);
  controller.abort(new Error("interrupted"));
  await written;
  expect(said).toEqual(["There is no report.html: Error: interrupted"]);
});
