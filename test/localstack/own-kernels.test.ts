import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, expect, test } from "vitest";
import { mountsOf } from "../../client/engines/engine.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { deploy } from "../../tools/localstack/cdk.ts";
import { storedArrays } from "../helpers/arrays.ts";
import { deployedSite } from "../helpers/site.ts";

const ROOT = join(import.meta.dirname, "../..");
const EXAMPLE = join(ROOT, "examples/kernels/magnets");
const OPTION = `import { kernel } from "manyhands/kernel";

export default kernel({
  about: "the price of a European call, and what it gains with the spot",
  inputs: {
    spot: { from: 80, to: 120 },
    volatility: { from: 0.1, to: 0.5 },
    years: { from: 0.25, to: 2, scale: "log" },
    strike: { default: 100, minimum: 1 },
  },
  values: { price: { unit: "USD" }, delta: { dtype: "float32" } },
  point({ spot, volatility, years, strike }) {
    const spread = volatility * Math.sqrt(years);
    const d = Math.log(spot / strike) / spread + spread / 2;
    const below = (z: number) => 1 / (1 + Math.exp(-1.702 * z));
    return { price: spot * below(d) - strike * below(d - spread), delta: below(d) };
  },
});
`;

/** A user's own, whose name a shell would take apart. */
const folder = mkdtempSync(join(tmpdir(), "manyhands own $kernels-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [option, magnets, twin, later] = ["option.ts", "magnets.wasm", "twin.ts", "later.ts"].map((name) =>
  join(folder, name),
);
writeFileSync(option!, OPTION);
writeFileSync(later!, OPTION.replace("1.702", "1.7"));
const plain = readFileSync(join(EXAMPLE, "magnets.ts"), "utf8");
writeFileSync(twin!, plain.replace("value: {", 'fast: "./magnets.wasm",\n  value: {'));
copyFileSync(join(EXAMPLE, "magnets.json"), join(folder, "magnets.json"));
execFileSync(join(ROOT, "node_modules/.bin/asc"), [
  ...[join(EXAMPLE, "assemblyscript/magnets.ts"), "-O3", "--runtime", "stub", "--use", "abort="],
  ...["--outFile", magnets!],
]);

const ARGS = ["-c", "maxConcurrency=8", "-c", `kernels=${option},${magnets},${twin}`];
const site = deployedSite({ args: ARGS });
const inSite = (path: string) => join(site.folder, path);
const arraysIn = (out: string, jobId: string) =>
  storedArrays(new FileStore(mountsOf(jobId, inSite(out))), jobId);
const hashes = (): Record<string, string> => JSON.parse(site.outputs.Kernels ?? "");

/** The options of `run` for a job of the deployment, whose results come into a folder of that name. */
const at = (jobId: string) => ["--engine", "aws", "--job-id", jobId, "--out", jobId];

/** The same job on this machine. */
async function computedHere(jobId: string, ...job: readonly string[]) {
  const out = `here-${jobId}`;
  const options = ["--engine", "serial", "--job-id", jobId, "--out", out, "--quiet"];
  const ended = await site.cli("run", ...job, ...options);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return { arrays: await arraysIn(out, jobId), table: (await site.cli("table", out)).stdout };
}

async function keysOf(jobId: string): Promise<number | undefined> {
  const { BucketName: Bucket } = site.outputs;
  const list = new ListObjectsV2Command({ Bucket, Prefix: `jobs/${jobId}/` });
  return (await site.clients.s3.send(list)).KeyCount;
}

test("the splitter's and the workers' zips have the artifacts and what loads them, the aggregator's has none", () => {
  const template = JSON.parse(readFileSync(inSite("cdk.out/Manyhands.template.json"), "utf8"));
  const zipOf = (stage: string) => {
    const [, { Properties }] = Object.entries<{ Type: string; Properties: { Code: { S3Key: string } } }>(
      template.Resources,
    ).find(([id, { Type }]) => Type === "AWS::Lambda::Function" && id.startsWith(`FanOut${stage}`))!;
    return inSite(`cdk.out/asset.${Properties.Code.S3Key.replace(".zip", "")}`);
  };
  const { option: script, magnets: module, twin: both } = hashes();
  const artifacts = [`${script}.cjs`, `${module}.wasm`, `${both}.cjs`, `${both}.fast.wasm`];
  const kernels = ["apart.js", "host.js", "index.json", ...artifacts].toSorted();
  for (const stage of ["Splitter", "Worker"]) {
    expect(readdirSync(zipOf(stage)).toSorted()).toEqual(["index.js", "kernels"]);
    expect(readdirSync(join(zipOf(stage), "kernels")).toSorted()).toEqual(kernels);
    expect(JSON.parse(readFileSync(join(zipOf(stage), "kernels/index.json"), "utf8"))).toEqual(hashes());
  }
  expect(readdirSync(zipOf("Aggregator")).toSorted()).toEqual(["glyphs.js", "index.js"]);
});

test("doctor names them, and says that a file is deployed as it is here", async () => {
  const { code, stdout } = await site.cli("doctor", "--json", option!);
  expect(code).toBe(0);
  const findings = JSON.parse(stdout) as { check: string; state: string; text: string }[];
  expect(findings.find(({ check }) => check === "kernels")).toEqual({
    ...{ check: "kernels", state: "ok" },
    text: expect.stringMatching(
      /^those of .*, and of files option \w{8}, magnets \w{8}, twin \w{8}; option as here$/,
    ),
  });
});

test("run computes a TypeScript kernel of three axes and two values as engine serial does, cell by cell", async () => {
  const job = [option!, "--points", "12x10x8", "--strike", "95", "--chunk", "4x4x4"];
  const far = await site.cli("run", ...job, ...at("option"), "--json");
  expect(far).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(far.stdout)).toMatchObject({ state: "complete", chunks: { total: 18 } });
  const here = await computedHere("option", ...job);
  const [price, delta] = here.arrays;
  expect([price?.length, delta?.length]).toEqual([960, 960]);
  expect(new Set(price).size).toBeGreaterThan(900);
  expect(await arraysIn("option", "option")).toEqual(here.arrays);
  expect(readdirSync(inSite("option"))).toEqual(
    expect.arrayContaining(["heatmap-delta.png", "heatmap-price.png"]),
  );

  const stored = JSON.parse(readFileSync(inSite("option/job.json"), "utf8"));
  expect(stored).toMatchObject({
    spec: { kernel: "option", hash: hashes().option },
    madeBy: { path: option },
  });
  const table = await site.cli("table", "option", "--engine", "aws");
  expect(table).toMatchObject({ code: 0, stdout: here.table });
  expect(table.stdout.split("\n")[0]).toBe("spot,volatility,years,price,delta");
  const verified = await site.cli("verify", "option", "--engine", "aws", "--all");
  expect(verified).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("equal") });
});

test("submit and attach compute a module of WebAssembly, and fetch brings what they gave", async () => {
  const job = [magnets!, "--points", "40x30", "--steps", "300", "--chunk", "20x10"];
  // A caller that submits it twice has timed its cells twice.
  for (let times = 0; times < 2; times++)
    expect(await site.cli("submit", ...job, "--job-id", "magnets")).toMatchObject({
      code: 0,
      stdout: "magnets\n",
    });
  const attached = await site.cli("attach", "magnets", "--out", "attached", "--json");
  expect(attached.code).toBe(0);
  expect(JSON.parse(attached.stdout)).toMatchObject({ state: "complete", chunks: { total: 6 } });
  expect(await site.cli("fetch", "magnets", "--out", "fetched")).toMatchObject({ code: 0 });
  const here = await computedHere("magnets", ...job);
  for (const out of ["attached", "fetched"]) expect(await arraysIn(out, "magnets")).toEqual(here.arrays);
  const verified = await site.cli("verify", "magnets", "--engine", "aws");
  expect(verified).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("equal") });
});

test("a kernel that names a compiled twin gives the module's bits", async () => {
  const job = ["--points", "40x30", "--steps", "300", "--chunk", "20x10"];
  const far = await site.cli("run", twin!, ...job, ...at("twin"), "--quiet");
  expect(far).toMatchObject({ code: 0, stderr: "" });
  const here = await computedHere("module", magnets!, ...job);
  expect(await arraysIn("twin", "twin")).toEqual(here.arrays);
});

test("a kernel that the deployment lacks is refused before anything is started, with what to do", async () => {
  const refused = await site.cli("run", later!, ...at("later"));
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toMatch(
    /^Expected kernel later to be WebAssembly, to be uploaded, got JavaScript\. .*`npx cdk deploy -c kernels=/m,
  );
  expect(await keysOf("later")).toBe(0);
  expect(existsSync(inSite("later"))).toBe(false);
});

test("a file that has changed since is refused before anything is started, until it is deployed again", async () => {
  writeFileSync(option!, OPTION.replace("1.702", "1.6"));
  const job = [option!, "--points", "4x3x2"];
  for (const command of [
    ["submit", ...job, "--job-id", "changed"],
    ["run", ...job, ...at("changed")],
  ]) {
    const refused = await site.cli(...command);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toMatch(
      /^Expected kernel option to be WebAssembly, to be uploaded, got JavaScript\. .*`npx cdk deploy -c kernels=/m,
    );
  }
  expect(await keysOf("changed")).toBe(0);
  expect(existsSync(inSite("changed"))).toBe(false);
  // What the job began with is not what lies there now, whatever the deployment has.
  const verified = await site.cli("verify", "option", "--engine", "aws");
  expect(verified).toMatchObject({
    ...{ code: 2, stdout: "" },
    stderr: expect.stringContaining("begun by another version of it"),
  });

  await deploy(site.localStack.environment, { args: ARGS, output: inSite("cdk.out") });
  const far = await site.cli("run", ...job, ...at("changed"), "--quiet");
  expect(far).toMatchObject({ code: 0, stderr: "" });
  expect(await arraysIn("changed", "changed")).toEqual((await computedHere("changed", ...job)).arrays);
});
