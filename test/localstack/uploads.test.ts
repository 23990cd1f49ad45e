import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, expect, test } from "vitest";
import { mountsOf } from "../../client/engines/engine.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { deploy } from "../../tools/localstack/cdk.ts";
import { storedArrays } from "../helpers/arrays.ts";
import { pointFile } from "../helpers/kernel-file.ts";
import { deployedSite } from "../helpers/site.ts";

const ROOT = join(import.meta.dirname, "../..");
const EXAMPLE = join(ROOT, "examples/kernels/magnets");
const folder = mkdtempSync(join(tmpdir(), "manyhands-uploads-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [magnets, spot, shout] = ["magnets.wasm", "spot.ts", "shout.ts"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const manifest = readFileSync(join(EXAMPLE, "magnets.json"));
writeFileSync(join(folder, "magnets.json"), manifest);
execFileSync(join(ROOT, "node_modules/.bin/asc"), [
  ...[join(EXAMPLE, "assemblyscript/magnets.ts"), "-O3", "--runtime", "stub", "--use", "abort="],
  ...["--outFile", magnets],
]);
writeFileSync(spot, pointFile("return Math.sin(x);"));
writeFileSync(
  shout,
  'import { task } from "manyhands/kernel";\nexport default task({ task: (item) => item + "!" });\n',
);

const ARGS = ["-c", "maxConcurrency=4", "-c", "monitoring=false"];
const site = deployedSite({ args: ARGS });
const again = (...args: string[]) =>
  deploy(site.localStack.environment, { args: [...ARGS, ...args], output: join(site.folder, "cdk.out") });

const arraysIn = (out: string, jobId: string) =>
  storedArrays(new FileStore(mountsOf(jobId, join(site.folder, out))), jobId);

/** The same job on this machine. */
async function computedHere(jobId: string, ...job: readonly string[]) {
  const out = `here-${jobId}`;
  const options = ["--engine", "serial", "--job-id", jobId, "--out", out, "--quiet"];
  expect(await site.cli("run", ...job, ...options)).toMatchObject({ code: 0, stderr: "" });
  return arraysIn(out, jobId);
}

const far = (...job: readonly string[]) => site.cli("run", ...job, "--engine", "aws", "--quiet");

async function objects(Prefix: string) {
  const { BucketName: Bucket } = site.outputs;
  return (await site.clients.s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? [];
}

const listed = async (...options: string[]) => {
  const { code, stdout, stderr } = await site.cli("kernels", "--engine", "aws", "--json", ...options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as { sha256: string; sizeBytes: number; uploadedAtMs: number; jobs: string[] }[];
};

test("a module of WebAssembly that the deployment has never seen is uploaded as one object, and computed as here", async () => {
  const job = [magnets, "--points", "40x30", "--steps", "300", "--chunk", "20x10"];
  expect(await objects("kernels/")).toEqual([]);
  expect(await far(...job, "--job-id", "m1", "--out", "m1")).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(await arraysIn("m1", "m1")).toEqual(await computedHere("m1", ...job));
  const keys = async () => (await objects("kernels/")).map(({ Key }) => Key);
  const { uploaded } = JSON.parse(readFileSync(join(site.folder, "m1/job.json"), "utf8"));
  expect(await keys()).toEqual([`kernels/${uploaded.sha256}`]);

  const submitted = await site.cli("submit", ...job, "--job-id", "m2");
  expect(submitted).toMatchObject({ code: 0, stdout: "m2\n" });
  expect(await site.cli("attach", "m2", "--out", "m2", "--quiet")).toMatchObject({ code: 0 });
  expect(await arraysIn("m2", "m2")).toEqual(await arraysIn("m1", "m1"));
  expect(await keys()).toEqual([`kernels/${uploaded.sha256}`]);
  const verified = await site.cli("verify", "m2", "--engine", "aws", "--all");
  expect(verified).toMatchObject({ code: 0, stderr: "" });
  const [artifact] = await listed();
  expect(artifact).toMatchObject({ sha256: uploaded.sha256, jobs: ["m1", "m2"] });
});

test("JavaScript is refused before anything is started, with the setting and its reason", async () => {
  const refused = await far(spot, "--points", "8", "--job-id", "js");
  expect(refused).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "Expected kernel spot to be WebAssembly, to be uploaded, got JavaScript. The stack's kernelUploads is \"wasm\", because JavaScript is no sandbox: it could use the workers' rights. Compile it, or deploy with `-c kernelUploads=all`; `npx cdk deploy -c kernels=<files>` puts it into the workers' zip.\n",
  });
  expect(await site.cli("submit", spot, "--points", "8", "--job-id", "js")).toMatchObject({ code: 2 });
  expect(await objects("jobs/js/")).toEqual([]);
  expect(await objects("kernels/")).toHaveLength(1);
  expect(existsSync(join(site.folder, "results/js"))).toBe(false);
});

test("where the stack says all, each edit of a file is a job a moment later, and a task maps", async () => {
  await again("-c", "kernelUploads=all");
  const job = [spot, "--points", "30", "--chunk", "10"];
  for (const [k, body] of ["return Math.sin(x);", "return Math.cos(x);"].entries()) {
    writeFileSync(spot, pointFile(body));
    const id = `edit-${k}`;
    expect(await far(...job, "--job-id", id, "--out", id)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await arraysIn(id, id)).toEqual(await computedHere(id, ...job));
  }
  writeFileSync(join(site.folder, "items.jsonl"), '"a"\n"b"\n');
  const mapped = await site.cli(
    "map",
    shout,
    "items.jsonl",
    "--engine",
    "aws",
    "--job-id",
    "shout",
    "--quiet",
  );
  expect(mapped).toEqual({ code: 0, stdout: "", stderr: "" });
  const results = readFileSync(join(site.folder, "results/shout/results.jsonl"), "utf8");
  expect(results).toContain('"a!"');
  expect((await listed()).map(({ jobs }) => jobs)).toEqual([["shout"], ["edit-1"], ["edit-0"], ["m1", "m2"]]);
});

test("a job goes on with the kernel that began it, although its file is another one by now, or by force with that", async () => {
  writeFileSync(spot, pointFile('if (x >= 0.5) throw new Error("not yet"); return x;'));
  const job = [spot, "--points", "8", "--chunk", "4", "--job-id", "throws", "--out", "throws"];
  expect(await far(...job)).toMatchObject({ code: 3 });
  writeFileSync(spot, pointFile("return x;"));
  const resumed = await site.cli("resume", "throws", "--engine", "aws", "--out", "throws-2", "--json");
  expect(JSON.parse(resumed.stdout)).toMatchObject({ state: "incomplete", round: 1 });
  expect(resumed.code).toBe(3);
  const again = ["resume", "throws", "--engine", "aws", "--kernel", spot];
  expect(await site.cli(...again)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("begun by another version of it"),
  });
  const forced = await site.cli(...again, "--force", "--out", "throws-3", "--json");
  expect(forced).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(forced.stdout)).toMatchObject({ state: "complete", round: 2 });
});

test("what no job names is pruned, except of the last hour", async () => {
  const before = await listed();
  expect(await site.cli("delete", "edit-0", "--yes")).toMatchObject({ code: 0 });
  const unnamed = (await listed()).filter(({ jobs }) => jobs.length === 0);
  expect(unnamed).toHaveLength(1);
  expect(await listed("--prune")).toEqual([]);
  expect(await objects("kernels/")).toHaveLength(before.length);
});

test("where the stack says none, WebAssembly is refused too, and what lies there is not computed", async () => {
  await again("-c", "kernelUploads=none");
  const refused = await far(magnets, "--points", "8x8", "--steps", "10", "--job-id", "none");
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain('The stack\'s kernelUploads is "none"');
  expect(await objects("jobs/none/")).toEqual([]);
  const resumed = await site.cli("resume", "m1", "--engine", "aws", "--out", "m1-again");
  expect(resumed.code).not.toBe(0);
  const { Body } = await site.clients.s3.send(
    new GetObjectCommand({ Bucket: site.outputs.BucketName, Key: "jobs/m1/job.json" }),
  );
  expect(JSON.parse((await Body?.transformToString()) ?? "")).toMatchObject({ jobId: "m1" });
});
