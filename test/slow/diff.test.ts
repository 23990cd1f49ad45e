import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { arraysOf, type JobSpec } from "../../shared/array/spec.ts";
import { decodeChunk, encodeChunk } from "../../shared/array/zarr-array.ts";
import { runCli } from "../helpers/cli.ts";
import { deploymentServer, NO_AWS } from "../helpers/deployment-server.ts";
import { pointFile } from "../helpers/kernel-file.ts";
import { computeInto } from "../helpers/remote.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** A folder in which the command runs, and where jobs of 50 x 50 points lie below jobs/. */
function placeOfJobs() {
  const cwd = temporaryFolder();
  const diff = (...args: string[]) => runCli(["diff", ...args], { cwd, env: NO_AWS });
  const compute = async (jobId: string, options = {}) => {
    const { job } = await computeInto(cwd, jobId, options);
    return { spec: job.spec, folder: join(cwd, "jobs", jobId), name: `jobs/${jobId}` };
  };
  return { cwd, diff, compute };
}

/** Changes a cell of the first chunk, as another machine might have computed it. */
function change(folder: string, spec: JobSpec, cell: number, by: number): void {
  const path = join(folder, "array/escape_time/c/0/0");
  const [array] = arraysOf(spec);
  const cells = decodeChunk(array!, 0, readFileSync(path));
  cells[cell]! += by;
  writeFileSync(path, encodeChunk(array!, 0, cells));
}

test("the same values are 0, however they were cut and asked for; what was asked otherwise is named", async () => {
  const { diff, compute } = placeOfJobs();
  await compute("a", { chunk: "20x20" });
  await compute("b", { chunk: "7x50", codec: "none" });
  const { code, stdout, stderr } = await diff("jobs/a", "jobs/b");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(
    /^a and b: the same values, by other settings\nescape_time: 0 of 2,500 cells differ\n\n/,
  );
  expect(stdout).toMatch(/^makespan +[\d.]+ m?s +[\d.]+ m?s( +x \S+)?$/m);
  expect(stdout).toMatch(/^setting +a +b\nchunk +20x20 +7x50\ncodec +\S+ +none\n$/m);
  const itself = await diff("jobs/a", "jobs/a");
  expect(itself.stdout).toMatch(/: the same values\n.*\nNo setting differs\.\n$/s);
});

test("jobs without a value in common say so, and are not the same", async () => {
  const { cwd, diff } = placeOfJobs();
  for (const name of ["one", "two"]) {
    writeFileSync(join(cwd, `${name}.ts`), pointFile("return x;").replace('"y"', `"${name}"`));
    const run = [
      "run",
      `./${name}.ts`,
      "--points",
      "10",
      "-e",
      "serial",
      "--no-plots",
      "-q",
      "--out",
      `jobs/${name}`,
    ];
    expect(await runCli([...run, "--job-id", name], { cwd })).toMatchObject({ code: 0 });
  }
  const { code, stdout } = await diff("jobs/one", "jobs/two");
  expect(stdout).toMatch(/^one and two: no value in common\none alone has one\.\ntwo alone has two\.\n/);
  expect(code).toBe(1);
});

test("other values are 1: how many, how much, where, and a picture of it", async () => {
  const { cwd, diff, compute } = placeOfJobs();
  await compute("a", { chunk: "20x20" });
  const { folder, spec } = await compute("b", { chunk: "20x20" });
  change(folder, spec, 21, 3);
  change(folder, spec, 2, 1);
  const { code, stdout } = await diff("jobs/a", "jobs/b", "--out", "where.png");
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^a and b: other values\nescape_time: 2 of 2,500 cells differ \(0\.08 %\)\n {2}by up to 3: /,
  );
  expect(stdout).toContain(" at [1, 1], y = 1.248, x = -2.072\n");
  expect(stdout).toContain("  all of them within [0, 1] to [1, 2]\n");
  expect(stdout).toContain("where.png shows where: red where b has more, blue where it has less.\n");
  expect(readFileSync(join(cwd, "where.png")).subarray(1, 4).toString()).toBe("PNG");
  const again = await diff("jobs/b", "jobs/a", "--json", "--out", "where.svg");
  expect(JSON.parse(again.stdout)).toMatchObject({
    ...{ comparable: true, otherAxes: [], onlyA: [], onlyB: [], settings: [], pictures: ["where.svg"] },
    a: { jobId: "b", state: "complete", shape: [50, 50], makespanMs: expect.any(Number), usd: null },
    values: [
      {
        name: "escape_time",
        differing: 2,
        compared: expect.any(Number),
        apart: 2,
        absolute: { by: 3, at: [1, 1] },
      },
    ],
  });
  expect(readFileSync(join(cwd, "where.svg"), "utf8")).toContain("escape_time: a minus b");
});

test("a hole differs from a number; what never flips in either is the same, for however long each looked", async () => {
  const { cwd, diff } = placeOfJobs();
  for (const duration of ["3", "6"]) {
    const options = [
      "--points",
      "20x20",
      "--chunk",
      "10x10",
      "--duration",
      duration,
      "--engine",
      "serial",
      "--no-plots",
    ];
    const ran = await runCli(["run", "double-pendulum", ...options, "--job-id", `for-${duration}`, "-q"], {
      cwd,
    });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
  }
  rmSync(join(cwd, "results/for-6/array/time_to_first_flip/c/0/0"));
  const { code, stdout } = await diff("for-3", "for-6", "--json");
  expect(code).toBe(1);
  const { values, settings } = JSON.parse(stdout);
  expect(settings).toEqual([{ field: "duration", a: 3, b: 6 }]);
  const [{ onlyA, onlyB, specialA, specialB, specialBoth, apart }] = values;
  expect({ onlyA, onlyB, specialB, apart }).toEqual({ onlyA: 100, onlyB: 0, specialB: 0, apart: 0 });
  // Some flip after three seconds.
  expect(specialA).toBeGreaterThan(0);
  expect(specialBoth).toBeGreaterThan(0);
  expect((await diff("for-3", "for-6")).stdout).toContain(` are "never flips" in for-3 only\n`);
});

test("of other shapes times and settings are compared; other axes are said, and compared by index", async () => {
  const { cwd, diff, compute } = placeOfJobs();
  await compute("a");
  await compute("large", { size: "200" });
  const shapes = await diff("jobs/a", "jobs/large", "--out", "none.png");
  expect(shapes.code).toBe(1);
  expect(shapes.stdout).toMatch(
    /: arrays of other shapes\nNo cell is compared: one array is 50 x 50, the other 100 x 101\./,
  );
  expect(shapes.stdout).toMatch(/^x +-2\.13 to \S+, 50 points\S* .* 101 points/m);
  expect(() => readFileSync(join(cwd, "none.png"))).toThrow("ENOENT");
  await compute("moved", { inputs: { x: "-2:0.9" } });
  const { code, stdout } = await diff("jobs/a", "jobs/moved");
  expect(code).toBe(1);
  expect(stdout).toContain(
    "Their points differ along x: cells are compared by their index, not by their place.\n",
  );
});

test("what cannot be compared is trouble, which is 2, with a sentence", async () => {
  const { cwd, diff, compute } = placeOfJobs();
  const { folder } = await compute("a", { chunk: "20x20" });
  const refused = async (sentence: RegExp, ...args: string[]) => {
    const { code, stdout, stderr } = await diff(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(sentence);
  };
  await refused(/^Expected job to be .* got "none"/, "jobs/a", "none", "--engine", "local");
  await refused(
    /^Expected --out's ending to be one of png, svg, pdf/,
    "jobs/a",
    "jobs/a",
    "--out",
    "where.gif",
  );
  writeFileSync(join(folder, "array/escape_time/c/1/1"), "nonsense");
  await refused(/^Expected chunk 4 of a to be one that can be read, .*verify/, "jobs/a", "jobs/a");
  writeFileSync(join(cwd, "there.png"), "");
  const { spec, folder: other } = await compute("b");
  change(other, spec, 0, 1);
  await compute("c");
  await refused(
    /^Expected --out to be a new file that can be written/,
    "jobs/b",
    "jobs/c",
    "--out",
    "there.png",
  );
});

test("one job here and one in a deployment are compared, read from its bucket", async () => {
  const { cwd, compute } = placeOfJobs();
  await compute("here", { chunk: "20x20" });
  const { env, folder } = await deploymentServer();
  await computeInto(folder, "there", { chunk: "25x25" });
  const { code, stdout } = await runCli(["diff", "jobs/here", "there"], { cwd, env });
  expect(stdout).toMatch(/^here and there: the same values, by other settings\n/);
  expect(code).toBe(0);
});
