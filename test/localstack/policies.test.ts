import { beforeAll, expect, test } from "vitest";
import { STAGES } from "../../shared/build/bundling.ts";
import { onBehalf } from "../helpers/policy/on-behalf.ts";
import { denied, requestsOf } from "../helpers/policy/proof.ts";
import { type SitePolicies, sitePolicies } from "../helpers/policy/site-policies.ts";
import { deployedSite } from "../helpers/site.ts";

/**
 * LocalStack lets everybody do everything. Here its log is held against the roles that were deployed; that no role may do
 * more than it needs is test/slow/policies.test.ts's part, whose jobs do everything that a stage ever does.
 */
const site = deployedSite({ args: ["-c", "maxConcurrency=4"] });
let seen: SitePolicies;

beforeAll(async () => {
  const run = (...options: string[]) => site.cli("run", "--engine", "aws", "--json", "--npy", ...options);
  const reference = await run("--out", "reference");
  expect(reference).toMatchObject({ code: 0, stdout: expect.stringContaining("51214485") });
  // 12 MB: the chunk and the array go up in parts.
  const large = ["--points", "2500x2500", "--chunk", "2500x2500", "--max-iterations", "5", "--codec", "none"];
  expect(await run("--out", "large", ...large)).toMatchObject({ code: 0 });
  seen = await sitePolicies(site);
});

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
