import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { OLDEST_NODE } from "../../shared/build/oldest-node.ts";
import { runCli } from "../helpers/cli.ts";
import {
  everyFile,
  expectCommands,
  expectLibrary,
  expectSameBytes,
  expectTutorial,
  type Run,
  writeFiles,
} from "../helpers/installed-package.ts";
import { packed, unpacked } from "../helpers/packed.ts";
import { runWith, toolsFrom } from "../helpers/registry-tools.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const PNPM = "pnpm@12.21.0";
const THIS_NODE = dirname(process.execPath);

/** An empty folder, at a path with what shells and addresses give a meaning to. */
function emptyFolder(): string {
  const folder = join(temporaryFolder(), "with spaces, 100% & é");
  mkdirSync(folder);
  return folder;
}

/** The bytes of all files; esbuild's program has two names. */
function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => lstatSync(join(folder, name)))
    .filter((found) => found.isFile());
  return [...new Map(files.map(({ ino, size }) => [ino, size])).values()].reduce(
    (sum, size) => sum + size,
    0,
  );
}

/** What `require` and `import` of the package's entries give, by their names. */
const LOADED = `
const required = ["manyhands", "manyhands/kernel", "manyhands/package.json"].map((name) => require(name));
const imported = Promise.all(["manyhands", "manyhands/kernel"].map((name) => import(name)));
imported.then((modules) => console.log(JSON.stringify({
  names: modules.map((each) => Object.keys(each)),
  areSame: modules.map((each, k) => Object.keys(each).every((name) => each[name] === required[k][name])),
  version: required[2].version,
})));
`;

async function expectRequired(folder: string, bin: string): Promise<void> {
  writeFileSync(join(folder, "loaded.cjs"), LOADED);
  const { stdout, stderr } = await runWith(bin, "node", ["loaded.cjs"], { cwd: folder });
  expect(stderr).toBe("");
  const { names, areSame, version } = JSON.parse(stdout);
  expect(areSame).toEqual([true, true]);
  expect(names[0]).toContain("InvalidInputError");
  expect(names[1]).toEqual(["kernel", "task"]);
  expect(packed.tarball).toContain(`manyhands-${version}.tgz`);
}

test("it is smaller than 1 MB, runs nothing at install, and has no file of the checkout's", () => {
  expect(packed.packedBytes).toBeLessThan(1e6);
  const { installed } = unpacked();
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  expect(manifest).not.toHaveProperty("scripts");
  expect(manifest).not.toHaveProperty("private");
  expect(Object.keys(manifest.dependencies)).toEqual(["esbuild", "ioredis"]);
  const sources = readdirSync(installed, { recursive: true, encoding: "utf8" }).filter(
    (name) => /(?<!\.d)\.ts$/.test(name) && !name.startsWith("dist/template/"),
  );
  expect(sources).toEqual([]);
});

/** What Node prints of an error that a program does not catch: the line that threw, and the error with its class. */
async function expectReadableError(folder: string, bin: string): Promise<void> {
  writeFileSync(join(folder, "uncaught.cjs"), 'require("manyhands").run("./none.ts");');
  const { code, stderr } = await runWith(bin, "node", ["uncaught.cjs"], { cwd: folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^InvalidInputError: Expected the kernel's file to be .*\n {4}at \w+ \(/m);
  expect(Math.max(...stderr.split("\n").map((line) => line.length))).toBeLessThan(400);
}

test("installed by npm into an empty folder, it runs by npx and by name, and changes nothing of itself", async () => {
  const folder = emptyFolder();
  const args = ["install", "--no-audit", "--no-fund", packed.tarball];
  const { code, stderr } = await runWith(THIS_NODE, "npm", args, { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining("manyhands") });
  expect(sizeOf(join(folder, "node_modules"))).toBeLessThan(20e6);
  const files = everyFile(join(folder, "node_modules/manyhands"));
  writeFiles(folder);
  const env = { XDG_CACHE_HOME: temporaryFolder() };
  const npx: Run = (...args) => runWith(THIS_NODE, "npx", ["manyhands", ...args], { cwd: folder, env });
  const named: Run = (...args) =>
    runWith(THIS_NODE, join(folder, "node_modules/.bin/manyhands"), args, { cwd: folder, env });

  await expectTutorial(folder, npx);
  const bytes = await expectSameBytes(folder, npx);
  await expectCommands(folder, named);
  const node: Run = (...args) => runWith(THIS_NODE, "node", args, { cwd: folder, env });
  await expectLibrary(folder, node, bytes);
  await expectReadableError(folder, THIS_NODE);
  await expectRequired(folder, THIS_NODE);
  expect(everyFile(join(folder, "node_modules/manyhands"))).toEqual(files);
});

test("installed by pnpm without any script at install, esbuild's included, it does the same", async () => {
  const bin = await toolsFrom(PNPM);
  const folder = emptyFolder();
  const store = temporaryFolder();
  const env = { XDG_CACHE_HOME: temporaryFolder(), PATH: `${THIS_NODE}:${bin}:/usr/local/bin:/usr/bin:/bin` };
  const pnpm: Run = (...args) => runWith(bin, "pnpm", [...args], { cwd: folder, env });
  expect(await pnpm("add", "--ignore-scripts", "--store-dir", store, packed.tarball)).toMatchObject({
    code: 0,
  });
  writeFiles(folder);
  const run: Run = (...args) => pnpm("exec", "manyhands", ...args);
  await expectTutorial(folder, run);
  await expectSameBytes(folder, run);
  await expectCommands(folder, run);
  await expectRequired(folder, THIS_NODE);
});

test("on the oldest Node that it promises it computes the same bytes, and an older one gets a sentence", async () => {
  const bins = {
    oldest: await toolsFrom(`node@${OLDEST_NODE}.0`),
    old: await toolsFrom("node@12.22.12"),
    now: THIS_NODE,
  };
  const { folder, installed } = unpacked();
  writeFiles(folder);
  const env = { XDG_CACHE_HOME: temporaryFolder() };
  const runOn =
    (bin: string): Run =>
    (...args) =>
      runWith(bin, "node", [join(installed, "dist/cli/main.js"), ...args], { cwd: folder, env });
  expect((await runWith(bins.oldest, "node", ["--version"], { cwd: folder })).stdout).toBe(
    `v${OLDEST_NODE}.0\n`,
  );

  await expectTutorial(folder, runOn(bins.oldest));
  const bytes = await expectSameBytes(folder, runOn(bins.oldest));
  await expectCommands(folder, runOn(bins.oldest));
  const node: Run = (...args) => runWith(bins.oldest, "node", args, { cwd: folder, env });
  await expectLibrary(folder, node, bytes);
  await expectRequired(folder, bins.oldest);
  const { folder: other, installed: there } = unpacked();
  writeFiles(other);
  const runThere: Run = (...args) =>
    runWith(bins.now, "node", [join(there, "dist/cli/main.js"), ...args], { cwd: other, env });
  expect(await expectSameBytes(other, runThere)).toBe(bytes);

  expect(await runOn(bins.old)("run")).toEqual({
    code: 1,
    stdout: "",
    stderr: `Expected Node ${OLDEST_NODE} or later, got v12.22.12.\n`,
  });
  for (const entry of ["manyhands", "manyhands/cdk"]) {
    writeFileSync(join(folder, "loads.mjs"), `import "${entry}";\n`);
    const { code, stderr } = await runWith(bins.old, "node", ["loads.mjs"], { cwd: folder });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`Error: Expected Node ${OLDEST_NODE} or later, got v12.22.12.\n`),
    });
  }
});

const APP = `const { App, Stack } = require("aws-cdk-lib");
const { FanOut } = require("manyhands/cdk");
const app = new App({ outdir: "cdk.out" });
new FanOut(new Stack(app, "Mine"), "Fan", { kernels: ["./spot.ts"], memoryMb: 512 });
app.synth();
`;

test("the construct is placed from the package in an app of its user's, in CommonJS too, with its stages built and a kernel from a file", async () => {
  const { folder } = unpacked("aws-cdk-lib", "constructs");
  writeFiles(folder);
  writeFileSync(join(folder, "app.cjs"), APP);
  const env = { XDG_CACHE_HOME: temporaryFolder() };
  const { code, stderr } = await runWith(THIS_NODE, "node", ["app.cjs"], { cwd: folder, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const output = join(folder, "cdk.out");
  const zips = readdirSync(output)
    .filter((name) => name.startsWith("asset."))
    .map((name) => readdirSync(join(output, name)).toSorted());
  expect(zips.toSorted()).toContainEqual(["index.js", "kernels"]);
  const template = JSON.parse(readFileSync(join(output, "Mine.template.json"), "utf8"));
  const functions = Object.values<{ Type: string; Properties: { MemorySize?: number } }>(template.Resources)
    .filter(({ Type }) => Type === "AWS::Lambda::Function")
    .map(({ Properties }) => Properties.MemorySize);
  expect(functions).toContain(512);
});

test("without the CDK the construct says what to install", async () => {
  const { folder } = unpacked();
  const { stderr } = await runWith(THIS_NODE, "node", ["-e", 'require("manyhands/cdk")'], { cwd: folder });
  expect(stderr).toContain(
    "Expected the packages aws-cdk-lib and constructs beside manyhands/cdk, got none of aws-cdk-lib: npm install aws-cdk-lib constructs.",
  );
});

/** Root may write everywhere, so its programs run as a user who may not. */
const SOME_USER = process.getuid?.() === 0 ? { uid: 65534 } : {};

/** The package and a Node in a folder that the user of `run` cannot write, and folders that this user can. */
function readOnly() {
  const { folder, installed } = unpacked();
  const node = join(folder, "node");
  copyFileSync(process.execPath, node);
  for (const name of readdirSync(installed, { recursive: true, encoding: "utf8" }))
    if (lstatSync(join(installed, name)).isDirectory()) chmodSync(join(installed, name), 0o555);
  for (const path of [installed, folder]) chmodSync(path, 0o555);
  chmodSync(dirname(folder), 0o711); // all temporary folders of the tests
  onTestFinished(() => chmodSync(folder, 0o755));
  const writable = () => {
    const path = temporaryFolder();
    chmodSync(path, 0o777);
    return path;
  };
  const cwd = writable();
  writeFiles(cwd);
  const runIn =
    (env: Readonly<Record<string, string>>): Run =>
    (...args) =>
      runWith(folder, node, [join(installed, "dist/cli/main.js"), ...args], { cwd, env, ...SOME_USER });
  return { cwd, writable, runIn };
}

/** Below a file, so that root cannot make it either, and in a folder that other users may not look into. */
const NOWHERE = join(packed.tarball, "nowhere");

test("in a folder that its user cannot write it runs, and keeps what it builds in the user's cache", async () => {
  const { cwd, writable, runIn } = readOnly();
  const home = writable();
  const run = runIn({ HOME: home, XDG_CACHE_HOME: "", TMPDIR: writable() });
  await expectTutorial(cwd, run);
  await expectSameBytes(cwd, run);
  await expectCommands(cwd, run);
  const kept = readdirSync(join(home, ".cache/manyhands"), { recursive: true, encoding: "utf8" });
  expect(kept.filter((name) => name.endsWith(".cjs"))).toHaveLength(2);
  expect(kept.some((name) => name.includes("/cache/"))).toBe(true);
});

test("a user without a home has it among the temporary files", async () => {
  const { cwd, writable, runIn } = readOnly();
  const temporary = writable();
  const run = runIn({ HOME: NOWHERE, XDG_CACHE_HOME: "", TMPDIR: temporary });
  await expectSameBytes(cwd, run);
  await expectCommands(cwd, run);
  expect(readdirSync(temporary)).toEqual([expect.stringMatching(/^manyhands-\d+$/)]);
});

test("another user's job is bad input where one may not list its folder, or write into it", async () => {
  const { writable, runIn } = readOnly();
  const run = runIn({ HOME: NOWHERE, XDG_CACHE_HOME: "" });
  const job = join(writable(), "job");
  expect(await runCli(["run", "--size", "60", "--no-plots", "-q", "--out", job])).toMatchObject({ code: 0 });
  const closed = (path: string) =>
    `Expected ${JSON.stringify(path)} to be open to this user, got no permission (EACCES).\n`;
  chmodSync(job, 0o555);
  expect(await run("plot", job)).toMatchObject({ code: 2, stderr: closed(job) });
  chmodSync(job, 0o111);
  for (const command of ["cancel", "resume"])
    expect(await run(command, job)).toMatchObject({ code: 2, stderr: closed(job) });
  chmodSync(job, 0o755);
});

test("without either, built-in kernels run, and a kernel from a file gets a sentence", async () => {
  const { cwd, runIn } = readOnly();
  const run = runIn({ HOME: NOWHERE, XDG_CACHE_HOME: "", TMPDIR: NOWHERE });
  for (const engine of ["serial", "threads", "local"])
    expect(await run("run", "--size", "50", "--engine", engine, "--job-id", engine)).toMatchObject({
      code: 0,
    });
  expect(readdirSync(join(cwd, "results")).toSorted()).toEqual(["local", "serial", "threads"]);
  expect(await run("run", "./spot.ts", "--points", "3x3", "--option", "put")).toEqual({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /^Expected the folder for what is built to be one that can be written to, got \S+\.tgz\/nowhere\/\S+\. XDG_CACHE_HOME can name another folder\.\n$/,
    ),
  });
});
