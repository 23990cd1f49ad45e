/** The settings of a deployment that a plan follows from. */
import type { Cap } from "../ports/fleet.ts";
import type { Architecture } from "../record/cost.ts";

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

/** The deployment that a job is about to be handed over to. */
export interface HandedTo {
  /** Undefined where the caller may not read them. */
  readonly settings: () => Promise<PlannedDeployment | undefined>;
  /** Whether it is LocalStack's, where nothing is billed. */
  readonly isFree: boolean;
}
