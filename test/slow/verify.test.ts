import { once } from "node:events";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { expect, test, vi } from "vitest";
import { type VerifyOptions, verifyJob } from "../../cli/commands/verify.ts";
import { arraysOf } from "../../shared/array/spec.ts";
import { decodeChunk, encodeChunk } from "../../shared/array/zarr-array.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { runCli } from "../helpers/cli.ts";
import { computeInto } from "../helpers/remote.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** The folder of a 50 x 50 job in 9 ragged chunks. */
async function computed() {
  const above = temporaryFolder();
  const { job } = await computeInto(above, "j", { chunk: "20x20" });
  return { spec: job.spec, folder: join(above, "jobs/j") };
}

/** Runs the command in this process, as cli/program.ts does. */
async function verified(name: string, options: Partial<VerifyOptions> = {}) {
  const print = (stream: NodeJS.WriteStream) => vi.spyOn(stream, "write").mockReturnValue(true);
  const [stdout, stderr] = [print(process.stdout), print(process.stderr)];
  try {
    const code = await verifyJob(name, { engine: "local", stack: "Manyhands", ...options });
    const printed = (spy: typeof stdout) => spy.mock.calls.map(([text]) => text).join("");
    return { code, stdout: printed(stdout), stderr: printed(stderr) };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

test("a job that is as computed ends with 0; the seed that drew the sample is printed and draws it again", async () => {
  const { folder } = await computed();
  const whole = await verified(folder, { all: true });
  expect(whole).toMatchObject({ code: 0, stderr: "" });
  expect(whole.stdout).toMatch(
    /: equal\n.*compared\S* +all 9 that are stored, by the plain kernel, bit for bit\n/,
  );
  const some = await verified(folder, { chunks: "4" });
  const [, seed = ""] = /4 of 9 that are stored, .* drawn by --seed (\d+)\n/.exec(some.stdout) ?? [];
  const again = await verified(folder, { chunks: "4", seed, json: true });
  expect(JSON.parse(again.stdout)).toEqual({
    ...{ jobId: "j", place: folder, seed: Number(seed) },
    ...{
      chunks: { total: 9, stored: 9, compared: 4, equal: 4 },
      different: [],
      corrupt: [],
      unreadable: [],
      missing: [],
      metadata: null,
    },
  });
});

test("an array whose metadata are not the job's ends with 1, whatever its chunks are", async () => {
  const { folder } = await computed();
  const path = join(folder, "array/escape_time/zarr.json");
  writeFileSync(path, readFileSync(path, "utf8").replace('"little"', '"big"'));
  const { code, stdout } = await verified(folder, { all: true });
  expect(code).toBe(1);
  expect(stdout).toContain(": the array's metadata are not the job's\n");
  expect(stdout).toContain("array/escape_time/zarr.json: other codecs than the job's\n");
});

test("other values, corrupt bytes and missing chunks are told with their chunk, and end with 1", async () => {
  const { folder, spec } = await computed();
  const path = join(folder, "array/escape_time/c/2/1");
  const [array] = arraysOf(spec);
  const values = decodeChunk(array!, 7, readFileSync(path));
  const right = values[25]!;
  values[25] = 4321;
  writeFileSync(path, encodeChunk(array!, 7, values));
  writeFileSync(join(folder, "array/escape_time/c/0/0"), "nonsense");
  rmSync(join(folder, "array/escape_time/c/1/1"));
  const { code, stdout } = await verified(folder, { all: true });
  expect(code).toBe(1);
  expect(stdout).toContain(": 2 chunks not as computed\n");
  expect(stdout).toMatch(
    new RegExp(
      `chunk 7 differs in 1 of 200 cells, first \\[41, 25\\]: 4321 is stored, ${right} is computed \\(checksums \\w{8} and \\w{8}\\)\n`,
    ),
  );
  expect(stdout).toContain("chunk 0 is corrupt: Expected a whole, checksummed chunk, got 8 bytes");
  expect(stdout).toContain("missing: chunk 4\n");
  const { code: again, stdout: json } = await verified(folder, { all: true, json: true });
  expect(again).toBe(1);
  expect(JSON.parse(json)).toMatchObject({
    chunks: { total: 9, stored: 8, compared: 8, equal: 6 },
    different: [{ chunk: 7, cells: 1, of: 200, at: [41, 25], stored: 4321, computed: right }],
    corrupt: [{ chunk: 0, why: expect.stringContaining("8 bytes") }],
    missing: [4],
  });
});

test("chunks that are missing end with 3 where all others are equal, and none at all is said so", async () => {
  const { folder } = await computed();
  rmSync(join(folder, "array/escape_time/c/0"), { recursive: true });
  const some = await verified(folder);
  expect(some.code).toBe(3);
  expect(some.stdout).toContain(": equal as far as it is stored\n");
  expect(some.stdout).toContain("missing: chunks 0, 1, 2\n");
  rmSync(join(folder, "array/escape_time/c"), { recursive: true });
  const none = await verified(folder);
  expect(none).toMatchObject({ code: 3, stdout: expect.stringContaining(": nothing to compare\n") });
});

test.each<[string, string, Partial<VerifyOptions>, RegExp]>([
  ["no such job", "none", {}, /job to be a job's folder, or the id of one below results\/, got "none"/],
  ["no folder", "../none", {}, /got "\.\.\/none", where there is no readable job\.json/],
  ["an id that is none, in a deployment", "A B", { engine: "aws" }, /job to be 1 to 64 characters/],
  ["an unknown engine", "j", { engine: "lokal" }, /--engine to be one of .* Did you mean local\?/],
  ["no chunks", "j", { chunks: "0" }, /--chunks to be a whole number from 1/],
  ["a seed that is none", "j", { seed: "-1" }, /--seed to be a whole number from 0 to 4294967295, got "-1"/],
  ["a seed that is too large", "j", { seed: "4294967296" }, /--seed/],
  ["a sample of all", "j", { all: true, chunks: "3" }, /--all to be given without --chunks/],
  ["a draw of all", "j", { all: true, seed: "0" }, /--all to be given without --seed/],
])("%s is refused with a sentence", async (_, name, options, sentence) => {
  const refused = verified(name, options);
  await expect(refused).rejects.toThrow(InvalidInputError);
  await expect(refused).rejects.toThrow(sentence);
});

test("a folder whose job is of a kernel that is not there, or no job at all, is refused", async () => {
  const { folder } = await computed();
  const path = join(folder, "job.json");
  const job = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...job, spec: { ...job.spec, kernel: "mandelbrod" } }));
  await expect(verified(folder)).rejects.toThrow(/kernel to be one of .*"mandelbrod"/);
  writeFileSync(path, "nonsense");
  await expect(verified(folder)).rejects.toThrow(/job\.json to be JSON/);
});

test("Ctrl-C ends it at once, its threads too, with 130 and how far it came", async () => {
  const folder = temporaryFolder();
  // The fast twin proves that these points never escape; the plain kernel would iterate for minutes.
  const slow = { size: "40", x: "-0.1:0.1", y: "0.1:-0.1", parameters: { maxIterations: "1000000000" } };
  await computeInto(folder, "j", slow);
  const started = once(process, "worker") as Promise<[Worker]>;
  const running = verified(join(folder, "jobs/j"));
  const [thread] = await started;
  const ended = once(thread, "exit");
  process.emit("SIGINT");
  expect(await running).toMatchObject({ code: 130, stderr: "Interrupted: nothing was compared yet.\n" });
  await ended;
});

test("the built program finds its threads, and a job by its id below results/", async () => {
  const cwd = temporaryFolder();
  await ensureBundles();
  await computeInto(cwd, "j");
  renameSync(join(cwd, "jobs"), join(cwd, "results"));
  const { code, stdout, stderr } = await runCli(["verify", "j", "--json"], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ jobId: "j", place: "results/j", chunks: { total: 1, compared: 1, equal: 1 } },
  });
});
