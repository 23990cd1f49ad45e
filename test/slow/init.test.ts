import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCreatePackage } from "../../tools/package/make-create-package.ts";
import { filesIn } from "../helpers/file-times.ts";
import { packed, ROOT } from "../helpers/packed.ts";
import { runWith } from "../helpers/registry-tools.ts";

/** What a user does: `npm create`, then the commands that it prints, then those of the project's README. Packages come from the registry. */
const folder = mkdtempSync(join(tmpdir(), "manyhands-init-"));
const project = join(folder, "my-grid");
const create = makeCreatePackage(dirname(packed.tarball));
const clang = ["clang", "clang-19"].find((name) => isThere(name));
const bin = join(folder, "bin");
const run = (file: string, ...args: readonly string[]) =>
  runWith(`${bin}:${dirname(process.execPath)}`, file, args, {
    cwd: project,
    env: { CDK_DISABLE_VERSION_CHECK: "1" },
  });

function isThere(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

beforeAll(async () => {
  mkdirSync(bin);
  if (clang) symlinkSync(execFileSync("which", [clang], { encoding: "utf8" }).trim(), join(bin, "clang"));
  // What `npm create manyhands my-grid` runs, with the two tarballs in place of the registry's.
  const packages = [create, packed].map(({ tarball }) => `--package=${tarball}`);
  const made = await runWith(
    dirname(process.execPath),
    "npm",
    ["exec", "--yes", ...packages, "--", "create-manyhands", "my-grid"],
    { cwd: folder },
  );
  expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining("  npm install\n") });
  const installed = await run("npm", "install", "--no-audit", "--no-fund", packed.tarball);
  expect(installed).toMatchObject({ code: 0, stderr: "" });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The chunks and coordinates that a job stored, by their paths. */
const storedBy = (jobId: string) =>
  filesIn(join(project, "results", jobId, "array"))
    .filter(({ path }) => !path.endsWith("zarr.json"))
    .map(({ path, bytes }) => [path, bytes.toString("base64")]);

async function expectRun(kernel: string, ...options: readonly string[]) {
  const job = ["--points", "30x20", "--chunk", "8x8", "--option", "call", "--engine", "serial", ...options];
  expect(await run("npx", "manyhands", "run", kernel, ...job)).toMatchObject({ code: 0, stderr: "" });
}

test("the project depends on this version, and has what the checkout has of CDK and TypeScript", () => {
  const manifest = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  const ours = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const packages = ["aws-cdk", "aws-cdk-lib", "constructs", "typescript"];
  expect(manifest.devDependencies).toEqual(
    Object.fromEntries(packages.map((name) => [name, ours.devDependencies[name]])),
  );
  const { dependencies } = JSON.parse(readFileSync(join(create.folder, "package.json"), "utf8"));
  expect(dependencies).toEqual({ manyhands: ours.version });
  expect(readFileSync(join(project, ".gitignore"), "utf8")).toContain("node_modules/");
});

test("its kernel runs and has pictures", async () => {
  await expectRun("./spot.ts", "--job-id", "typescript");
  expect(readdirSync(join(project, "results/typescript"))).toContain("heatmap.png");
});

// Hull's textbook market: a call as by Black and Scholes, since it is never exercised early, and the American put.
test.each([
  ["call", 10.4506],
  ["put", 6.0904],
])("its kernel's price of a %s is the textbook's", async (option, price) => {
  const market = ["--spot", "100,", "--volatility", "0.2,", "--rate", "0.05", "--steps", "1000"];
  const job = [
    "run",
    "./spot.ts",
    ...market,
    "--option",
    option,
    "--engine",
    "serial",
    "--no-plots",
    "--json",
  ];
  const { stdout } = await run("npx", "manyhands", ...job);
  expect(JSON.parse(stdout).sum).toBeCloseTo(price, 2);
});

test.skipIf(!clang)(`its kernel in C has the same bits (${clang ?? "no clang here"})`, async () => {
  expect(await run("npm", "run", "build:c")).toMatchObject({ code: 0, stderr: "" });
  await expectRun("./spot.ts", "--job-id", "plain", "--no-plots");
  await expectRun("./spot.wasm", "--job-id", "c", "--no-plots");
  const stored = storedBy("plain");
  expect(stored.length).toBeGreaterThan(10);
  expect(storedBy("c")).toEqual(stored);
});

test("TypeScript finds nothing in it, and what is misspelt in the kernel or the app", async () => {
  expect(await run("npx", "tsc", "--noEmit")).toEqual({ code: 0, stdout: "", stderr: "" });
  const wrong = [
    ["spot.ts", "strike, rate", "strkie, rate"],
    ["app.ts", "kernelUploads", "kernelUplaods"],
  ] as const;
  for (const [name, right, misspelt] of wrong) {
    const text = readFileSync(join(project, name), "utf8");
    writeFileSync(join(project, name), text.replace(right, misspelt));
    const { code, stdout } = await run("npx", "tsc", "--noEmit");
    expect({ isRefused: code !== 0, stdout }).toEqual({
      isRefused: true,
      stdout: expect.stringContaining(name),
    });
    writeFileSync(join(project, name), text);
  }
});

test("the app is synthesised: the kernel in the zips, uploads of both kinds, a stack called as the project", async () => {
  const { code, stdout, stderr } = await run("npx", "cdk", "synth", "--quiet");
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
  const template = readFileSync(join(project, "cdk.out/my-grid.template.json"), "utf8");
  const { Outputs } = JSON.parse(template);
  expect(JSON.parse(Outputs.Kernels.Value)).toEqual({ spot: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(Outputs.KernelUploads.Value).toBe("all");
});
