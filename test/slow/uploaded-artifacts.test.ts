import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { UPLOADS } from "../../shared/kernels/uploads.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { runCli } from "../helpers/cli.ts";
import { deploymentServer } from "../helpers/deployment-server.ts";
import { resolvedJob } from "../helpers/kernels.ts";
import { hubAt } from "../helpers/redis-hub.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const [NAMED, TWIN, LATER, UNNAMED, NEW] = ["a", "b", "c", "d", "e"].map((digit) => digit.repeat(64));

/** A deployment with artifacts, all but one of them two hours old, and a job that went on with another kernel. */
async function siteWithArtifacts() {
  const { env, folder } = await deploymentServer({
    instead: (_, request, response) => {
      // The embedded S3 lists no times.
      if (request.url?.includes("prefix=kernels")) {
        const contents = readdirSync(join(folder, UPLOADS)).map((sha256) => {
          const { size, mtime } = statSync(join(folder, UPLOADS, sha256));
          return `<Contents><Key>${UPLOADS}${sha256}</Key><Size>${size}</Size><LastModified>${mtime.toISOString()}</LastModified></Contents>`;
        });
        response.setHeader("content-type", "text/xml");
        response.end(`<ListBucketResult>${contents.join("")}</ListBucketResult>`);
        return true;
      }
      if (request.method !== "POST" || !request.url?.includes("?delete")) return false;
      // The embedded S3 deletes nothing: no stage asks for that.
      void text(request).then((xml) => {
        for (const [, key] of xml.matchAll(/<Key>([^<]*)<\/Key>/g)) rmSync(join(folder, key!));
        response.setHeader("content-type", "text/xml").end("<DeleteResult/>");
      });
      return true;
    },
  });
  const put = (key: string, contents: string) => {
    mkdirSync(join(folder, key, ".."), { recursive: true });
    writeFileSync(join(folder, key), contents);
  };
  const twoHoursAgo = Date.now() / 1000 - 7200;
  for (const sha256 of [NAMED, TWIN, LATER, UNNAMED, NEW]) {
    put(`${UPLOADS}${sha256}`, "code");
    if (sha256 !== NEW) utimesSync(join(folder, UPLOADS, sha256!), twoHoursAgo, twoHoursAgo);
  }
  const job = { ...resolvedJob({ kernel: "mandelbrot", requestId: "j" }), submittedAtMs: 1.7e12 };
  put(jobKeys("j").job, JSON.stringify({ ...job, uploaded: { sha256: NAMED, fast: TWIN } }));
  const round = { version: 1, atMs: 1.7e12, chunks: "AQ==", uploaded: { sha256: LATER } };
  put(`${jobKeys("j").control}missing-1-1.json`, JSON.stringify(round));
  const kernels = (...options: string[]) => runCli(["kernels", "--engine", "aws", ...options], { env });
  const left = () =>
    [NAMED, TWIN, LATER, UNNAMED, NEW].filter((each) => existsSync(join(folder, UPLOADS, each!)));
  return { kernels, left, put };
}

test("each artifact is listed with its size, its age and the jobs that name it, in whichever round", async () => {
  const { kernels } = await siteWithArtifacts();
  const { code, stdout } = await kernels();
  expect(code).toBe(0);
  const [title, head, ...rows] = stdout.trimEnd().split("\n");
  expect(title).toMatch(/^Kernels uploaded to stack Manyhands in .*: 5 artifacts \(20 B\)$/);
  expect(rows[0]).toMatch(/^e{16} +4 B +\d+ \w+ ago +none$/);
  expect(head).toMatch(/^SHA-256 +SIZE +UPLOADED +JOBS$/);
  expect(
    rows.map((row) => row.split(/ {2,}/)).map(([sha256, size, , jobs]) => [sha256?.[0], size, jobs]),
  ).toEqual(
    expect.arrayContaining([
      ["a", "4 B", "j"],
      ["b", "4 B", "j"],
      ["c", "4 B", "j"],
      ["d", "4 B", "none"],
      ["e", "4 B", "none"],
    ]),
  );
});

test("those that no job names are pruned, except of the last hour", async () => {
  const { kernels, left } = await siteWithArtifacts();
  expect(await kernels("--prune")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Removed 1 artifact \(4 B\) that no job names from stack Manyhands in /),
  });
  expect(left()).toEqual([NAMED, TWIN, LATER, NEW]);
});

test("nothing is pruned where a job cannot be read: it may need any of them", async () => {
  const { kernels, left, put } = await siteWithArtifacts();
  put(jobKeys("newer").job, JSON.stringify({ version: 99 }));
  expect(await kernels("--prune")).toMatchObject({ code: 2, stdout: "" });
  expect(left()).toHaveLength(5);
});

describe.skipIf(noRedis).each(["redis", "folder"] as const)("on a Redis whose store is %s", (kind) => {
  test("those that no job names and that were not used for an hour are pruned", async () => {
    const { url, store, put, left } = await redisWithArtifacts(kind);
    const kernels = (...options: string[]) => runCli(["kernels", "--redis", url, ...options]);
    const listed = await kernels("--json");
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    const jobsOf = new Map(
      JSON.parse(listed.stdout).map(({ sha256, jobs }: { sha256: string; jobs: string[] }) => [sha256, jobs]),
    );
    expect(jobsOf).toEqual(new Map([NAMED, UNNAMED, NEW].map((each) => [each, each === NAMED ? ["j"] : []])));
    expect(await kernels("--prune")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Removed 1 artifact that no job names from redis:/),
    });
    expect(await left()).toEqual([NAMED, NEW]);
    await put(UNNAMED!);
    await store.get(`${UPLOADS}${UNNAMED}`);
    expect(await kernels("--prune")).toMatchObject({ code: 0 });
    expect((await left()).includes(UNNAMED!)).toBe(kind === "redis"); // a job may be about to begin
  });
});

/** Artifacts that were not used for two hours, but for one, and a job. */
async function redisWithArtifacts(kind: "redis" | "folder") {
  const server = await redisServer([]);
  const folder = temporaryFolder();
  const { redis, store } = await hubAt(server, { store: kind === "redis" ? kind : folder });
  const put = async (sha256: string, isOld = true) => {
    const key = `${UPLOADS}${sha256}`;
    await store.put(key, Buffer.from("code"));
    if (!isOld) return;
    const [ago, atSeconds] = [7200, Date.now() / 1000 - 7200];
    if (kind === "folder") return utimesSync(join(folder, key), atSeconds, atSeconds);
    const object = `manyhands:object:${key}`;
    const dumped = await redis.dumpBuffer(object);
    await redis.call("RESTORE", object, 0, dumped!, "REPLACE", "IDLETIME", ago);
  };
  for (const sha256 of [NAMED, UNNAMED, NEW]) await put(sha256!, sha256 !== NEW);
  const job = { ...resolvedJob({ kernel: "mandelbrot", requestId: "j" }), submittedAtMs: 1.7e12 };
  await store.put(jobKeys("j").job, Buffer.from(JSON.stringify({ ...job, uploaded: { sha256: NAMED } })));
  const left = async () => {
    const keys: string[] = [];
    for await (const key of store.list(UPLOADS)) keys.push(key.slice(UPLOADS.length));
    return keys.toSorted();
  };
  return { url: server.url, store, put, left };
}

test("nothing is uploaded to this machine's engines", async () => {
  expect(await runCli(["kernels", "--prune"])).toMatchObject({
    code: 2,
    stderr: "Expected --prune to be left out: nothing is uploaded, got engine local.\n",
  });
});
