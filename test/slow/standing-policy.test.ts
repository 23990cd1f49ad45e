import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { startCli } from "../helpers/cli.ts";
import { deploymentServer } from "../helpers/deployment-server.ts";
import type { IamRequest } from "../helpers/policy/iam-requests.ts";
import { isAllowed } from "../helpers/policy/proof.ts";
import type { Grant } from "../helpers/policy/stack-policies.ts";
import { submitTo } from "../helpers/submit-to.ts";

const FILE = join(import.meta.dirname, "../../examples/standing/worker-policy.json");
const ACCOUNT = "000000000000";
const NAMES = {
  REGION: "us-east-1",
  ACCOUNT,
  "CHUNK-QUEUE": "chunks",
  "RESULT-QUEUE": "results",
  BUCKET: "manyhands",
};

/** The policy of the page for this deployment, a grant an action and resource. */
function grants(): Grant[] {
  const text = Object.entries(NAMES).reduce(
    (policy, [name, value]) => policy.replaceAll(new RegExp(`\\b${name}\\b`, "g"), value),
    readFileSync(FILE, "utf8"),
  );
  const { Statement } = JSON.parse(text) as {
    Statement: { Action: string | string[]; Resource: string | string[] }[];
  };
  return Statement.flatMap((statement) =>
    [statement.Action]
      .flat()
      .flatMap((Action) =>
        [statement.Resource]
          .flat()
          .map((Resource) => ({ ...statement, Action, Resource }) as unknown as Grant),
      ),
  );
}

const queue = (name: string) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
const SQS: Readonly<Record<string, string>> = {
  DeleteMessageBatch: "DeleteMessage",
  SendMessageBatch: "SendMessage",
};

/** What IAM is asked for a request of a worker. The bodies, which name the queue, are the server's to read: a worker sends to both. */
function asked(service: string, { method, url = "", headers }: IncomingMessage): IamRequest[] {
  const request = (action: string, resource: string, context = {}): IamRequest => ({
    ...{ stage: "worker", action, resource, context, reason: `${method} ${url}` },
  });
  if (service === "cloudformation")
    return [
      request(
        "cloudformation:DescribeStacks",
        `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/Manyhands/id`,
      ),
    ];
  if (service === "sqs") {
    const operation = String(headers["x-amz-target"]).replace("AmazonSQS.", "");
    const action = `sqs:${SQS[operation] ?? operation}`;
    const queues = operation === "SendMessageBatch" ? ["chunks", "results"] : ["chunks"];
    return queues.map((name) => request(action, queue(name)));
  }
  if (service !== "s3") return []; // who one is, STS tells without a permission
  const [, key = ""] = /^\/manyhands\/?([^?]*)/.exec(url) ?? [];
  if (method === "PUT") return [request("s3:PutObject", `arn:aws:s3:::manyhands/${key}`)];
  const context = { "s3:prefix": key };
  return [
    request("s3:GetObject", `arn:aws:s3:::manyhands/${key}`),
    request("s3:ListBucket", "arn:aws:s3:::manyhands", context),
  ];
}

/** What no run here makes a worker ask for. */
const RARE: IamRequest[] = [
  ["s3:GetObject", "kernels/abc", "a kernel that was uploaded"],
  ["s3:PutObject", "rejected/abc", "a message that cannot be read"],
].map(([action = "", key = "", reason = ""]) => ({
  ...{ stage: "worker", action, resource: `arn:aws:s3:::manyhands/${key}`, context: {}, reason },
}));

test("the policy of the page allows a worker all that it asks for, and nothing else", async () => {
  const seen = new Map<string, IamRequest>();
  const { env, folder } = await deploymentServer({
    instead: (service, request) => {
      if (!isOurs) for (const each of asked(service, request)) seen.set(JSON.stringify(each), each);
      return false;
    },
  });
  let isOurs = true;
  await submitTo(env);
  isOurs = false;
  const { child, ended } = startCli(["worker", "--queue", "sqs://Manyhands", "--workers", "2"], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  const chunks = join(folder, "jobs/j/array/escape_time/c");
  const stored = () => existsSync(chunks) && readdirSync(chunks, { recursive: true }).length >= 25 + 5;
  await vi.waitUntil(stored, { timeout: 60_000, interval: 50 });
  child.kill("SIGTERM");
  expect((await ended).code).toBe(0);
  const requests = [...seen.values(), ...RARE];
  const beat: IamRequest = { ...RARE[0]!, action: "sqs:ChangeMessageVisibility", resource: queue("chunks") };
  const all = grants();
  for (const request of [...requests, beat])
    expect([request, await isAllowed(request, all, new Map())]).toEqual([request, true]);
  for (const grant of all) {
    const uses = await Promise.all(
      [...requests, beat].map(
        async (request) => request.action === grant.Action && (await isAllowed(request, [grant], new Map())),
      ),
    );
    expect([grant, uses.includes(true)]).toEqual([grant, true]);
  }
  const others = [
    { ...RARE[0]!, action: "s3:DeleteObject", resource: "arn:aws:s3:::manyhands/jobs/j/job.json" },
    { ...RARE[0]!, action: "s3:PutObject", resource: "arn:aws:s3:::manyhands/kernels/abc" },
    { ...RARE[0]!, action: "sqs:ReceiveMessage", resource: queue("results") },
  ];
  for (const request of others) expect(await isAllowed(request, all, new Map())).toBe(false);
});
