import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { countPickles, measurePickles } from "../../client/memory/pickled.ts";
import { runCli } from "../helpers/cli.ts";
import { NO_AWS } from "../helpers/deployment-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const SMALL = ["--points", "60x50", "--chunk", "20x20", "--chunks-per-message", "2"];

const ON = {
  local: ["--engine", "local", "--workers", "2"],
  threads: ["--engine", "threads", "--workers", "2"],
  serial: ["--engine", "serial"],
};

function placeOfJobs() {
  const cwd = temporaryFolder();
  const cli = (...args: string[]) => runCli(args, { cwd, env: NO_AWS });
  const run = async (engine: keyof typeof ON) => {
    const ran = await cli("run", ...SMALL, ...ON[engine], "--job-id", `j-${engine}`, "--quiet");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    return join(cwd, "results", `j-${engine}`);
  };
  return { cli, run };
}

test("engine local measures each process; the bytes are those of what lies in the folder", async () => {
  const { cli, run } = placeOfJobs();
  const folder = await run("local");
  const { code, stdout, stderr } = await cli("memory", "j-local", "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { stages, client, sent, arrayBytes, storedBytes, pickles } = JSON.parse(stdout);
  for (const [name, processes] of Object.entries({ splitter: 1, worker: 2, aggregator: 1 })) {
    expect(stages[name].processes).toBe(processes);
    // Node alone takes more than 30 MB; a client's memory, were it counted as a slot's, would be more than what is planned.
    expect(stages[name].measuredMb).toBeGreaterThan(30);
    expect(stages[name].measuredMb).toBeLessThan(1.5 * stages[name].predictedMb);
  }
  expect(client).toEqual({ measuredMb: expect.any(Number), processes: 1 });
  const inFolder = (name: string) => readFileSync(join(folder, name), "utf8");
  expect([arrayBytes, storedBytes]).toEqual([6000, JSON.parse(inFolder("summary.json")).storedBytes]);
  expect(sent.messages).toEqual({
    count: 5,
    bytes: JSON.parse(inFolder("submitted.json")).plan.bytes.messages,
  });
  expect(sent.job.bytes).toBe(Buffer.byteLength(inFolder("job.json")));
  expect(sent.reports.count).toBe(5);
  expect(pickles.map(({ cells }: { cells: number }) => cells)).toEqual([250_000, 3000]);
});

test("an engine of one process has its peak, with all stages in it; a job that was not measured says so", async () => {
  const { cli, run } = placeOfJobs();
  const folder = await run("serial");
  const measured = await cli("memory", folder);
  expect(measured.code).toBe(0);
  expect(measured.stdout).toMatch(
    /^stage +predicted +measured\nsplitter +\d+ MB\nworker +\d+ MB\naggregator +\d+ MB\n/m,
  );
  expect(measured.stdout).toMatch(/^the command +\d+ MB +with all stages in it\n.* in one process/m);
  expect(measured.stdout).toMatch(/^pickled +8\.00 MB +coordinates of 250,000 cells in 4 lists, by \S/m);
  rmSync(join(folder, "memory.json"));
  expect((await cli("memory", folder)).stdout).toMatch(/^No peak was measured here: /m);
});

test("the latest job is meant where none is named, and what is not there is said in a sentence", async () => {
  const { cli, run } = placeOfJobs();
  const none = await cli("memory");
  expect(none).toMatchObject({ code: 2, stdout: "" });
  expect(none.stderr).toMatch(/^Expected job to be .* got none\. `manyhands run` makes one\.\n$/);
  await run("serial");
  await run("threads");
  expect((await cli("memory")).stdout).toContain("job j-threads: peak memory\n");
  expect(await cli("memory", "j-none", "--engine", "local")).toMatchObject({ code: 2, stdout: "" });
});

test("a run whose memory.json cannot be written is complete, and one of a newer version is left as it is", async () => {
  const { cli, run } = placeOfJobs();
  const folder = await run("threads");
  const path = join(folder, "memory.json");
  const newer = '{"version":99}\n';
  writeFileSync(path, newer);
  rmSync(join(folder, "array/escape_time/c/0"), { recursive: true });
  expect(await cli("resume", folder, "--engine", "serial", "--quiet")).toMatchObject({ code: 0 });
  expect(readFileSync(path, "utf8")).toBe(newer);
  expect(await cli("memory", folder)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("newer manyhands"),
  });
  rmSync(path);
  mkdirSync(path);
  rmSync(join(folder, "array/escape_time/c/0"), { recursive: true });
  expect(await cli("resume", folder, "--engine", "serial", "--quiet")).toMatchObject({ code: 0, stderr: "" });
});

test("pickles weigh what python3 says, where there is one", async () => {
  const measured = await measurePickles(10_001, 4);
  expect(measured.by).toMatch(/^(Python \d+\.\S+'s pickle|the sizes of pickle's opcodes)$/);
  expect(measured.bytes).toBe(countPickles(10_001, 4).bytes);
});
