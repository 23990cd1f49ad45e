/** What a deployment's own functions say that a plan follows from. */

import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import type { Cap } from "../../shared/ports/fleet.ts";
import type { Architecture } from "../../shared/record/cost.ts";
import { ENV } from "../../shared/validation/env.ts";
import type { Cloud } from "./cloud.ts";
import { isForbidden } from "./cloud-errors.ts";
import { GetAccountSettingsCommand, GetFunctionConfigurationCommand } from "./sdk.ts";

export interface PlannedDeployment {
  /** A worker's. */
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly architecture: Architecture;
  readonly region: string;
  readonly cap: Cap;
  /** Invocations at a time that the account has left; absent where that was not asked, or may not be. */
  readonly accountLimit?: number | undefined;
}

/** The deployment's workers, their number and the account's limit. Undefined where the caller may not ask for them. Throws what the client throws. */
export async function plannedDeployment({
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
