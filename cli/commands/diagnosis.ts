import { Bucket } from "../../client/cloud/bucket.ts";
import { probeBucket } from "../../client/cloud/bucket-probe.ts";
import { type Clients, withClients } from "../../client/cloud/clients.ts";
import { type AwsFault, CloudError, explain } from "../../client/cloud/cloud-errors.ts";
import { type Deployment, type Fleet, findDeployment } from "../../client/cloud/deployment.ts";
import { depthOfAll, queueDepth } from "../../client/cloud/queue-depths.ts";
import {
  GetAccountSettingsCommand,
  GetCallerIdentityCommand,
  InvokeCommand,
  ListEventSourceMappingsCommand,
} from "../../client/cloud/sdk.ts";
import { buildToDeploy } from "../../shared/build/of-stages.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { queuesText } from "../terminal/queues-text.ts";
import { compareBuilds } from "./compare-builds.ts";
import { compareKernels, type KernelHere } from "./compare-kernels.ts";
import type { Finding, Found } from "./finding.ts";

type Check = (clients: Clients, deployment: Deployment, files: readonly KernelHere[]) => Promise<Found>;

/** What is left to the account's other functions. */
const SPARED_SHARE = 0.1;
const LEAST_FLEET = 2;
/** FromResults. */
const OF_RESULTS = 1;
/** FromChunks and FromChunkDeadLetters. */
const MAPPINGS_A_FLEET = 2;

/** That of Node, and that of Python where there is one. */
const fleetsOf = (deployment: Deployment): readonly Fleet[] => [
  deployment,
  ...(deployment.python ? [deployment.python] : []),
];

/**
 * Looks at everything a job needs, in the order in which it is needed, and compares the kernels of these files with those deployed. Without
 * a stack there is no more to look at.
 */
export async function diagnose(stack: string, files: readonly KernelHere[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  let current = "settings";
  try {
    await withClients(async (clients) => {
      current = "credentials";
      findings.push({ check: current, ...(await credentials(clients)) });
      current = "stack";
      const deployment = await findDeployment(clients, stack);
      for (const [check, look] of Object.entries(CHECKS)) {
        current = check;
        const finding = await look(clients, deployment, files).catch((error) =>
          problem(error, clients.place),
        );
        findings.push({ check, ...finding });
      }
    });
  } catch (error) {
    findings.push({ check: current, ...problem(error, "AWS") });
  }
  return findings;
}

/** What could not be looked at, for a reason that a user can do something about, is a finding too. */
function problem(error: unknown, place: string): Found {
  const explained = explain(error, place);
  if (explained instanceof CloudError) return { state: "problem", text: explained.message };
  const { $fault, operation, name, message } = error as AwsFault;
  if ($fault) return { state: "problem", text: `Expected ${operation} to work, got ${name}: ${message}` };
  throw error;
}

async function credentials({ sts, place }: Clients): ReturnType<Check> {
  const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
  return { state: "ok", text: `account ${Account} as ${Arn} in ${place}` };
}

const CHECKS: Readonly<Record<string, Check>> = {
  async stack(_, { stack, status, bucket, maxConcurrency }) {
    const text = `${stack} is ${status}: bucket ${bucket}, up to ${count(maxConcurrency)} workers`;
    if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return { state: "ok", text };
    if (status.endsWith("_IN_PROGRESS"))
      return { state: "warning", text, advice: "Wait until CloudFormation is done." };
    return {
      state: "problem",
      text,
      advice: "Look at the stack's events in CloudFormation, then deploy again with `npx cdk deploy`.",
    };
  },

  async version(_, { version, build }) {
    return compareBuilds(version, build, buildToDeploy());
  },

  async kernels(_, deployment, files) {
    return compareKernels(deployment, files);
  },

  async bucket(clients, deployment) {
    const { bucket } = deployment;
    const reader = new Bucket(clients.s3, bucket);
    const probe = await probeBucket(clients, deployment, (prefix) => reader.list(prefix));
    if (probe.writes === "conditional")
      return { state: "ok", text: `${bucket} can be listed, read and written, the latter under conditions` };
    if (probe.writes === "readOnly") {
      return {
        state: "warning",
        text: `${bucket} can be listed and read, and not be written`,
        advice: "That is enough to run jobs; `cancel` and `delete` take s3:PutObject and s3:DeleteObject.",
      };
    }
    return {
      state: "problem",
      text: `${bucket} is to write an object only where there is none (If-None-Match: *), and ${probe.why}`,
      advice:
        "There, each of two workers that disagree would count as the first. Use a store that knows conditional writes, as S3 does.",
    };
  },

  async functions({ lambda }, { splitter, aggregator }) {
    for (const FunctionName of [splitter, aggregator])
      await lambda.send(new InvokeCommand({ FunctionName, InvocationType: "DryRun" }));
    return { state: "ok", text: `${splitter} and ${aggregator} may be invoked` };
  },

  async concurrency({ lambda }, deployment) {
    const fleets = fleetsOf(deployment).length;
    const maxConcurrency = fleets * deployment.maxConcurrency;
    const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
    const limit = AccountLimit?.UnreservedConcurrentExecutions ?? AccountLimit?.ConcurrentExecutions ?? 0;
    const most = Math.floor(limit * (1 - SPARED_SHARE));
    const who = fleets > 1 ? "the fleets of Node and Python together" : "the fleet";
    const text = `${who} may use ${count(maxConcurrency)} of the ${count(limit)} invocations at a time that the account has left`;
    if (maxConcurrency <= most) return { state: "ok", text };
    return {
      state: "warning",
      text,
      advice: `Throttled messages use up their attempts: deploy with \`-c maxConcurrency=${Math.max(Math.floor(most / fleets), LEAST_FLEET)}\`, or ask Service Quotas for more of Lambda's "Concurrent executions".`,
    };
  },

  async "event sources"({ lambda }, deployment) {
    const fleets = fleetsOf(deployment);
    const consumers = [...fleets.map(({ worker }) => worker), deployment.aggregator];
    const expected = OF_RESULTS + MAPPINGS_A_FLEET * fleets.length;
    const answers = await Promise.all(
      consumers.map((FunctionName) => lambda.send(new ListEventSourceMappingsCommand({ FunctionName }))),
    );
    const mappings = answers.flatMap(({ EventSourceMappings = [] }) => EventSourceMappings);
    const idle = mappings.filter(({ State }) => State !== "Enabled");
    if (idle.length === 0 && mappings.length === expected)
      return { state: "ok", text: `${counted(mappings.length, "mapping")} from queues enabled` };
    return {
      state: "problem",
      text: [
        `${mappings.length - idle.length} of ${expected} mappings from queues enabled`,
        ...idle.map(({ EventSourceArn, State }) => `${EventSourceArn} is ${State}`),
      ].join(", "),
      advice: "Messages wait until all are: enable them in Lambda's console, or by `npx cdk deploy`.",
    };
  },

  async queues({ sqs }, deployment) {
    const [chunks, results] = await Promise.all([
      depthOfAll(
        sqs,
        fleetsOf(deployment).map(({ chunkQueue }) => chunkQueue),
      ),
      queueDepth(sqs, deployment.resultQueue),
    ]);
    return {
      state: "ok",
      text: queuesText(chunks, results),
    };
  },

  async "dead letters"({ sqs }, deployment) {
    const { resultDeadLetters, aggregator } = deployment;
    const [chunks, results] = await Promise.all([
      depthOfAll(
        sqs,
        fleetsOf(deployment).map(({ chunkDeadLetters }) => chunkDeadLetters),
      ),
      queueDepth(sqs, resultDeadLetters),
    ]);
    const text = `${count(chunks.waiting + chunks.inFlight)} of chunks, ${count(results.waiting)} of reports`;
    if (results.waiting > 0) {
      return {
        state: "problem",
        text,
        advice: `The aggregator could not handle these reports: see the log of ${aggregator}, then \`manyhands aggregate <job>\` delivers them again.`,
      };
    }
    if (chunks.waiting > 0) {
      return {
        state: "warning",
        text,
        advice: `The aggregator takes them by itself; if they stay, see the log of ${aggregator}.`,
      };
    }
    return { state: "ok", text };
  },
};
