import * as v from "valibot";
import { deployWithKernels } from "../../shared/build/commands.ts";
import { STACK_NAME, uploadPolicyOf } from "../../shared/validation/env.ts";
import { printable } from "../../shared/validation/printable.ts";
import type { Faults, Remote } from "../remote/remote.ts";
import { type Cloud, withCloud } from "./cloud.ts";
import { explain, mayPass } from "./cloud-errors.ts";
import { NoCredentialsError } from "./credentials.ts";
import { siteOf } from "./deployment-site.ts";
import { invokeCheck, submitJob } from "./invoke.ts";
import { isLocal } from "./place.ts";
import { handedTo } from "./planned-deployment.ts";
import { sharedQueues } from "./queue-depths.ts";
import { redeliverReports } from "./redelivery.ts";

/** Each look costs requests, more where a user leaves a command open for days until workers come. */
const PAUSES = { first: 1000, usual: 1000, longest: 30_000 };
/** Workers of a deployment begin within seconds, and SQS counts within a minute or so. */
const COUNTED_MS = 60_000;

const LOGGED_PEAKS =
  "Measured: the functions' logs say how much the environments of each had used of their memory at the most (Max Memory Used).";
const NOT_LOGGED = "The functions' logs have nothing of this job, or nothing any more.";

/**
 * Finds the deployment by its stack's name and runs `use` with it. Throws CloudError.
 * @example
 * await withDeployment({ stack: "Manyhands" }, ({ store }) => readStatus(store, job));
 */
export function withDeployment<Result>(
  { stack = STACK_NAME }: { readonly stack?: string | undefined },
  use: (remote: Remote) => Promise<Result>,
): Promise<Result> {
  return withCloud(stack, (cloud) => use(deploymentRemote(cloud)));
}

export function deploymentRemote(cloud: Cloud): Remote {
  const { deployment, store } = cloud;
  const { kernels, kernelUploads, place, python } = deployment;
  const pythonKernels = deployWithKernels(isLocal(place), ["<all files>.py"]);
  return {
    engine: "aws",
    name: `stack ${printable(deployment.stack)}`,
    site: siteOf(deployment),
    ...faultsAt(deployment.place),
    store,
    kernels: {
      isThere: (hash) => isDeployed(hash, kernels),
      withoutPython: python
        ? undefined
        : `${pythonKernels} gives it such workers, with all that the files import.`,
      // Those of earlier versions take none.
      uploads: async () => (kernelUploads === undefined ? undefined : uploadPolicyOf(kernelUploads)),
    },
    handedTo: handedTo(cloud),
    pauses: PAUSES,
    countedMs: COUNTED_MS,
    queues: (job) => sharedQueues(cloud, job),
    submit: (request, signal) => submitJob(cloud, request, signal),
    check: (check) => invokeCheck(cloud, check),
    redeliver: (job) => redeliverReports(cloud, job),
    cost: async (job) => (await import("./job-cost.ts")).jobCost(cloud, job),
    memory: async (job) => {
      const { loggedPeaks } = await import("./logged-job.ts");
      const peaks = await loggedPeaks(cloud, job);
      return { peaks, basis: peaks.worker ? LOGGED_PEAKS : NOT_LOGGED };
    },
  };
}

function faultsAt(place: string): Faults {
  return {
    place,
    explain: (error) => explain(error, place),
    mayPass: (error) => mayPass(error) || error instanceof NoCredentialsError,
  };
}

const HashesSchema = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string()));

/** Whether the deployment's zips have it. What cannot be read says nothing. */
function isDeployed(hash: string, kernels = "{}"): boolean {
  const parsed = v.safeParse(HashesSchema, kernels);
  return parsed.success && Object.values(parsed.output).includes(hash);
}
