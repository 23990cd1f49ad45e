/** What a deployment's own functions say that a plan follows from. */

import type { HandedTo, PlannedDeployment } from "../../shared/plan/planned-deployment.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import { ENV } from "../../shared/validation/env.ts";
import type { Cloud } from "./cloud.ts";
import { isForbidden } from "./cloud-errors.ts";
import { isLocal } from "./place.ts";
import { GetAccountSettingsCommand, GetFunctionConfigurationCommand } from "./sdk.ts";

/** The deployment, as a job's plan looks at it before the job is handed over. */
export const handedTo = (cloud: Pick<Cloud, "clients" | "deployment">): HandedTo => ({
  settings: () => plannedDeployment(cloud),
  isFree: isLocal(cloud.deployment.place),
});

/** The deployment's workers, their number and the account's limit. Undefined where the caller may not ask for them. Throws what the client throws. */
async function plannedDeployment({
  clients: { lambda },
  deployment: { worker, splitter, region, maxConcurrency },
}: Pick<Cloud, "clients" | "deployment">): Promise<PlannedDeployment | undefined> {
  const configuration = (FunctionName: string) =>
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  try {
    const [ofWorker, ofSplitter] = await Promise.all([configuration(worker), configuration(splitter)]);
    const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({})).catch(unlessRefused);
    const burst = Number(ofSplitter.Environment?.Variables?.[ENV.burstConcurrency] ?? 0);
    return {
      memoryMb: ofWorker.MemorySize ?? DEFAULT_WORKERS.memoryMb,
      timeoutSeconds: ofWorker.Timeout ?? DEFAULT_WORKERS.timeoutSeconds,
      architecture: ofWorker.Architectures?.[0] === "x86_64" ? "x86_64" : "arm64",
      region,
      cap: { burst, mapping: maxConcurrency - burst },
      accountLimit: AccountLimit?.UnreservedConcurrentExecutions ?? AccountLimit?.ConcurrentExecutions,
    };
  } catch (error) {
    unlessRefused(error);
    return undefined;
  }
}

/** A user who may run jobs need not be allowed to read settings. */
function unlessRefused(error: unknown): { readonly AccountLimit?: undefined } {
  if (isForbidden(error)) return {};
  throw error;
}
