import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { STAGES } from "../../shared/build/bundling.ts";
import { readApiLog } from "../helpers/policy/api-log.ts";
import type { Call } from "../helpers/policy/call.ts";
import { iamRequests } from "../helpers/policy/iam-requests.ts";
import { onBehalf } from "../helpers/policy/on-behalf.ts";
import { denied, isAllowed, nameOf, requestsOf } from "../helpers/policy/proof.ts";
import { type SitePolicies, sitePolicies } from "../helpers/policy/site-policies.ts";
import { deployedSite } from "../helpers/site.ts";
import { MANIFEST, moduleOf, PRODUCT } from "../helpers/wasm-module.ts";

const WORDS = join(import.meta.dirname, "../../examples/map/words.ts");

/**
 * LocalStack lets everybody do everything. Here its log is held against the roles that were deployed; that no role may do
 * more than it needs is test/slow/policies.test.ts's part, whose jobs do everything that a stage ever does.
 */
const site = deployedSite({ args: ["-c", "maxConcurrency=4", "-c", `kernels=${WORDS}`] });
let seen: SitePolicies;
let ofClients: Call[];

beforeAll(async () => {
  const log = () => readApiLog(join(site.folder, "api.log")).calls;
  const { length: deployed } = log();
  const run = (...options: string[]) => site.cli("run", "--engine", "aws", "--json", "--npy", ...options);
  const reference = await run("--out", "reference");
  expect(reference).toMatchObject({ code: 0, stdout: expect.stringContaining("51214485") });
  // 12 MB: the chunk and the array go up in parts.
  const large = ["--points", "2500x2500", "--chunk", "2500x2500", "--max-iterations", "5", "--codec", "none"];
  expect(await run("--out", "large", ...large)).toMatchObject({ code: 0 });
  await doAllThatClientsDo();
  ofClients = log().slice(deployed);
  seen = await sitePolicies(site);
});

/** Every command that asks a deployment for something. */
async function doAllThatClientsDo(): Promise<void> {
  const items = join(site.folder, "items.jsonl");
  writeFileSync(items, '{"title":"Proverb","text":"Many hands make light work."}\n');
  const done = async (...args: string[]) =>
    expect(await site.cli(...args), args.join(" ")).toMatchObject({ code: 0 });
  await done("doctor");
  const product = join(site.folder, "product.wasm");
  writeFileSync(product, moduleOf({ functions: [PRODUCT], manifest: MANIFEST }));
  await done("run", product, "--engine", "aws", "--points", "4x4", "--job-id", "uploaded");
  await done("kernels", "--engine", "aws");
  await done("map", WORDS, items, "--engine", "aws");
  const long = ["--size", "1000", "--chunk", "25x25", "--chunks-per-message", "1", "--no-plots"];
  await done("submit", ...long, "--job-id", "stopped");
  await done("status", "stopped");
  await site.cli("cancel", "stopped");
  await done("resume", "stopped", "--engine", "aws");
  await done("submit", "--size", "100", "--job-id", "followed");
  await done("attach", "followed");
  await done("fetch", "followed", "--out", "again");
  await done("aggregate", "followed");
  await done("cost", "followed", "--engine", "aws");
  await done("list", "--engine", "aws");
  await done("delete", "stopped", "--yes");
}

test("each call of a deployed function is allowed by its role, and would not be by a lesser one", async () => {
  const { calls, policies, stageOf } = seen;
  const operations = Map.groupBy(calls, ({ principal }) => stageOf(principal));
  for (const [stage, expected] of [
    ["splitter", ["GetObject", "PutObject", "SendMessageBatch"]],
    ["worker", ["PutObject", "UploadPart", "SendMessageBatch"]],
    ["aggregator", ["GetObject", "ListObjectsV2", "PutObject", "UploadPart"]],
  ] as const)
    expect(operations.get(stage)?.map(({ operation }) => operation)).toEqual(
      expect.arrayContaining([...expected]),
    );

  const requests = requestsOf(calls, policies, stageOf);
  expect(await denied(requests, policies, policies.grants)).toEqual([]);
  for (const stage of STAGES) {
    const fewer = policies.grants[stage].filter(({ Action }) => Action !== "s3:PutObject");
    expect(await denied(requests, policies, { ...policies.grants, [stage]: fewer })).not.toEqual([]);
  }
});

test("what LocalStack does in the functions' names is what we say that AWS does", () => {
  const { internal, policies, stageOf } = seen;
  const done = internal.flatMap(({ principal, service, operation }) => {
    const stage = stageOf(principal);
    return stage ? [`${stage}: ${service}:${operation.replace(/Batch$/, "")}`] : [];
  });
  const said = onBehalf(policies).map(({ stage, action }) => `${stage}: ${action}`);
  expect([...new Set(done)].sort()).toEqual([...new Set(said)].sort());
});

/**
 * What no job here leaves to be done: items of a refused job are taken back, old artifacts pruned, dead reports delivered once more, and
 * requests are counted where no other job was about (cost.test.ts).
 */
const ELSEWHERE = [
  /^s3:DeleteObject on [^ ]+\/items\/\*$/,
  /^s3:DeleteObject on [^ ]+\/kernels\/\*$/,
  ...["DeleteMessage", "ReceiveMessage", "StartMessageMoveTask"].map(
    (action) => new RegExp(`^sqs:${action} on .*ResultDeadLetters`),
  ),
  /^sqs:SendMessage on .*-FanOutResults[^D]/,
  /^cloudwatch:GetMetricData on \*$/,
];

test("each call of the command line is allowed by the client's policy, and each of its grants is needed, here or elsewhere", async () => {
  const { policies, stageOf } = seen;
  const grants = policies.clientGrants();
  const calls = ofClients.filter(
    ({ principal, operation }) => stageOf(principal) === undefined && operation !== "GetCallerIdentity",
  );
  const requests = calls.flatMap((call) => iamRequests("client", call, policies.keyOf));
  expect(await denied(requests, policies, { client: grants })).toEqual([]);
  const isUsed = await Promise.all(
    grants.map(async (grant) => {
      const uses = requests.map((request) => isAllowed(request, [grant], policies.protecting));
      return (await Promise.all(uses)).includes(true);
    }),
  );
  const idle = grants.filter((_, k) => !isUsed[k]).map(nameOf);
  expect(idle).toEqual(ELSEWHERE.map((pattern) => expect.stringMatching(pattern)));
});
