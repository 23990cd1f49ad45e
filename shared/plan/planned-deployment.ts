/** The settings of a deployment that a plan follows from. */
import type { Declaration } from "../kernels/declaration.ts";
import type { Cap } from "../ports/fleet.ts";
import type { Architecture } from "../record/cost.ts";
import { MB_PER_VCPU } from "./workers.ts";

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

/** Those that compute a kernel. A worker of Python has one thread, whatever its memory, and its queue's mapping starts them all. */
export function fleetFor<Fleet extends Pick<PlannedDeployment, "memoryMb" | "cap">>(
  { language }: Pick<Declaration, "language">,
  fleet: Fleet,
): Fleet {
  if (language !== "python") return fleet;
  const { burst, mapping } = fleet.cap;
  const cap = { burst: 0, mapping: burst + mapping };
  return { ...fleet, memoryMb: Math.min(fleet.memoryMb, MB_PER_VCPU), cap };
}

/** The deployment that a job is about to be handed over to. */
export interface HandedTo {
  /** Undefined where the caller may not read them. */
  readonly settings: () => Promise<PlannedDeployment | undefined>;
  /** Whether it is LocalStack's, where nothing is billed. */
  readonly isFree: boolean;
}
