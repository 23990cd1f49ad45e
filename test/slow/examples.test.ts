import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/kernels");

/** Smaller than in the README; with ragged chunks, as axes and values meet at their edges. */
const JOBS: Readonly<Record<string, readonly string[]>> = {
  "black-scholes": ["--points", "20x15x10", "--chunk", "8x8x4", "--option", "put"],
  "asian-option": ["--points", "10x7", "--chunk", "4x4", "--seed", "5"],
  epidemic: ["--points", "9x40", "--chunk", "4x16"],
  "gray-scott": ["--points", "5x4", "--chunk", "2x2", "--steps", "500"],
};

test.each(Object.keys(JOBS))("%s gives the same bytes on every engine", async (name) => {
  const folder = temporaryFolder();
  const chunksOf: Record<string, Map<string, string>> = {};
  for (const engine of ["serial", "threads", "local"]) {
    const out = join(folder, engine);
    const options = [...JOBS[name]!, "--engine", engine, "--out", out, "--quiet", "--no-plots"];
    const { code, stderr } = await runCli(["run", join(EXAMPLES, `${name}.ts`), ...options]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    chunksOf[engine] = filesIn(join(out, "array"));
  }
  const { serial, ...others } = chunksOf;
  expect(serial!.size).toBeGreaterThan(4);
  for (const chunks of Object.values(others)) expect(chunks).toEqual(serial);

  const verified = await runCli(["verify", join(folder, "local")]);
  expect(verified.stdout).toContain(": equal\n");
  const table = await runCli(["table", join(folder, "local")]);
  const cells = JOBS[name]![1]!.split("x").reduce((product, count) => product * Number(count), 1);
  expect(table.stdout.trim().split("\n")).toHaveLength(1 + cells);
});

/** The contents of all files but the metadata, which names the job, by their paths. */
function filesIn(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return new Map(
    paths
      .filter((path) => !path.endsWith("zarr.json") && statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path), "base64")]),
  );
}
