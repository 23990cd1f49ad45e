import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { tune } from "../../api/index.ts";
import type { Tuning } from "../../api/tune-records.ts";
import { propsFromContext } from "../../infra/context.ts";
import { checkSettings } from "../../infra/settings.ts";
import { runCli } from "../helpers/cli.ts";
import { Pixels } from "../helpers/pictures.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

test("tune says the front with its knee, the default, this machine, and what to deploy", async () => {
  const { code, stdout, stderr } = await runCli(["tune", "double-pendulum", "--points", "300x300"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^Tuning of double-pendulum: [34],\d{3} deployments, simulated\n/);
  for (const row of ["fastest", ".*knee.*", ".*cheapest", "default"])
    expect(stdout).toMatch(new RegExp(`^${row} +\\d+ MB +(arm64|x86_64) +[\\d,]+ +[\\d,]+ +\\d+x\\d+ `, "m"));
  expect(stdout).toMatch(/^here {7}engine \w+ takes .*, for nothing$/m);
  expect(stdout).toMatch(
    /^deploy {5}npx cdk deploy -c memoryMb=\d+ -c architecture=\w+ -c maxConcurrency=\d+ -c burstConcurrency=\d+$/m,
  );
});

test("its settings are in cdk.json, beside what was there, as cdk deploy reads them; its picture is a new file", async () => {
  const cwd = temporaryFolder();
  const file = join(cwd, "cdk.json");
  writeFileSync(file, JSON.stringify({ app: "node app.ts", context: { monitoring: false, memoryMb: 128 } }));
  const options = ["--timeout", "120", "--chunk", "50x50", "--write", "--out", "front.png", "--json"];
  const words = ["tune", "--points", "200x200", ...options];
  const { code, stdout, stderr } = await runCli(words, { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { knee, front, tried } = JSON.parse(stdout) as Tuning;
  expect(front).toContainEqual(knee);
  expect(new Set(front.map(({ chunk }) => String(chunk)))).toEqual(new Set(["50,50"]));
  expect(tried).toBeGreaterThan(500);
  const { memoryMb, architecture, maxConcurrency, burstConcurrency } = knee;
  const written = JSON.parse(readFileSync(file, "utf8"));
  expect(written).toEqual({
    app: "node app.ts",
    context: {
      ...{ monitoring: false, memoryMb, architecture, maxConcurrency, burstConcurrency },
      workerTimeoutSeconds: 120,
    },
  });
  const props = propsFromContext(new App({ context: written.context }).node);
  expect(checkSettings(props)).toMatchObject({ memoryMb, maxConcurrency, burstConcurrency });
  expect(new Pixels(readFileSync(join(cwd, "front.png"))).width).toBeGreaterThan(500);

  const again = await runCli(words, { cwd });
  expect(again).toMatchObject({ code: 2, stdout: "" });
  expect(again.stderr).toBe("Expected --out to be a new file that can be written, got front.png (EEXIST).\n");
});

test.each([
  [["--region", "europe"], 'Expected --region to be a region such as eu-west-1, got "europe".'],
  [["--timeout", "1"], "Expected --timeout to be a whole number from 5 to 900, got 1."],
  [["--workers", "0"], /^Expected --workers to be a whole number from 1 to \d+.*, got 0\.$/],
  [
    ["--write"],
    /^Expected --write to be given in a folder whose cdk\.json is a JSON object, got one where it cannot be read \(ENOENT\)\. Without --write the settings are printed\.$/,
  ],
  [
    ["--out", "none/front.png"],
    "Expected --out to be a new file that can be written, got none/front.png (ENOENT).",
  ],
])("bad input is a sentence, and nothing is written: %j", async (options, sentence) => {
  const { code, stdout, stderr } = await runCli(["tune", ...options], { cwd: temporaryFolder() });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  if (typeof sentence === "string") expect(stderr.trim()).toBe(sentence);
  else expect(stderr.trim()).toMatch(sentence);
});

test.each([
  ["[]", /got .* there\./],
  ["{", /got one where it is no JSON\./],
  ['{"context": 1}', /got one whose context is 1\./],
])("a cdk.json that can have no context is left alone: %s", async (text, got) => {
  const cwd = temporaryFolder();
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, "cdk.json"), text);
  const { code, stderr } = await runCli(["tune", "--write"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toMatch(got);
  expect(readFileSync(join(cwd, "cdk.json"), "utf8")).toBe(text);
});

test("the library's tune finds the same, and refuses what it does not know", async () => {
  const { knee, front, byDefault, here, verdict } = await tune("mandelbrot", {}, { points: [300, 200] });
  expect(front).toContainEqual(knee);
  expect([byDefault?.memoryMb, byDefault?.maxConcurrency]).toEqual([1769, 900]);
  expect(["serial", "threads", "local"]).toContain(here.engine);
  expect(verdict).toMatch(/^Stay local: engine \w+ takes .* for nothing; a deployment .* USD\.$/);
  const misspelt = { timeout: 60 } as object;
  await expect(tune("mandelbrot", {}, misspelt)).rejects.toThrow(/timeoutSeconds/);
  await expect(tune("mandelbrot", {}, { timeoutSeconds: 1 })).rejects.toThrow(
    "Expected timeoutSeconds to be a whole number from 5 to 900, got 1.",
  );
});

test("a job that no worker could be through with is refused with what helps", async () => {
  const impossible = [
    "double-pendulum",
    "--points",
    "2000x2000",
    "--duration",
    "1000",
    "--chunk",
    "2000x2000",
  ];
  const { code, stdout, stderr } = await runCli(["tune", ...impossible]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(
    /^Expected the job to be one that some deployment can finish, got one whose messages/,
  );
});
