import { join } from "node:path";
import type { Stage } from "../../shared/build/bundling.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import { clockOrigin } from "../../shared/ports/clock.ts";
import { ENV } from "../../shared/validation/env.ts";
import type { Bundles } from "../../tools/bundling/bundles.ts";
import { compiledOf } from "../../tools/bundling/dist.ts";
import { inspectedSlot } from "./inspected-slot.ts";
import type { LocalCloud } from "./local-cloud.ts";
import type { Billed } from "./slot.ts";
import { SlotPool, type SlotPoolOptions } from "./slots.ts";

export const LONGEST_TIMEOUT_MS = 15 * 60_000;

/** The slots of each stage. */
export type Pools = Readonly<Record<Stage, SlotPool>>;

export interface PoolsOptions {
  /** The job's folder; logs are written below it. */
  readonly folder: string;
  readonly workers: number;
  /** The worker's timeout; the other stages have Lambda's longest. */
  readonly timeoutMs: number;
  readonly retryAfterSeconds: number;
  /** Further variables for the slots. */
  readonly environment: Readonly<Record<string, string>>;
  /** Workers that the splitter may start by itself. Default 0: their invocations need an endpoint. */
  readonly burstConcurrency?: number;
  /** The delay of the first check. Default 0: no checks. */
  readonly checkAfterSeconds?: number;
  /** 1 by default. */
  readonly aggregators?: number;
  /** In place of the worker's bundle: what computes a kernel that is not Node's, with variables of its own. */
  readonly worker?: Pick<SlotPoolOptions, "command" | "initTimeoutMs" | "environment"> | undefined;
  /** Called after each invocation of a stage. */
  readonly onBilled?: (stage: Stage, billed: Billed) => void;
  /** Called with the most memory (MB) that each slot had, once it is no longer needed. */
  readonly onPeak?: ((stage: Stage, mb: number) => void) | undefined;
  /** For tests that watch or change single slots. */
  readonly slots?: Pick<SlotPoolOptions, "environmentOf" | "onDeliver" | "mayFailToStart">;
}

/** Nothing but what the bundle's process needs. */
const NODE: NonNullable<PoolsOptions["worker"]> = { environment: {} };

/** Hides the user's profiles, FIPS endpoints and the like: they are meant for AWS and would mislead the slots. */
const NO_SETTINGS_OF_THE_USER = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };

/** A stage's variables: the cloud's address, the stage's key, and its resources. */
export const settingsOf = (stage: Stage, cloud: LocalCloud): Record<string, string> => ({
  AWS_ENDPOINT_URL: cloud.endpoint,
  AWS_REGION: cloud.region,
  // Each stage has a key id, as a role would: requests show who made them. The secret, which lets them in, is the
  // cloud's.
  AWS_ACCESS_KEY_ID: stage,
  AWS_SECRET_ACCESS_KEY: cloud.credentials.secretAccessKey,
  [ENV.bucket]: cloud.bucket,
  [ENV.chunkQueueUrl]: cloud.queues.chunks.url,
  [ENV.resultQueueUrl]: cloud.queues.results.url,
  [ENV.deadLetterQueueArn]: cloud.queues.deadLetters.arn,
});

/** Deploys the three functions to this machine; starts no slot yet. */
export function makePools(options: PoolsOptions, bundles: Bundles, cloud: LocalCloud): Pools {
  const environment = {
    [ENV.workerFunctionName]: "worker",
    [ENV.workerTimeoutSeconds]: `${options.timeoutMs / 1000}`,
    [ENV.workerMemoryMb]:
      options.environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? `${DEFAULT_WORKERS.memoryMb}`,
    [ENV.maxConcurrency]: `${options.workers}`,
    [ENV.burstConcurrency]: `${options.burstConcurrency ?? 0}`,
    [ENV.clockOrigin]: `${clockOrigin()}`,
    ...options.environment,
    ...NO_SETTINGS_OF_THE_USER,
    // No checks by default: the embedded queue loses nothing, and a check could give up a long run.
    [ENV.checkAfterSeconds]: `${options.checkAfterSeconds ?? 0}`,
    [ENV.retryAfterSeconds]: `${options.retryAfterSeconds}`,
  };
  const pool = (name: Stage, max: number, timeoutMs = LONGEST_TIMEOUT_MS, other = NODE) =>
    new SlotPool({
      ...{ name, max, timeoutMs, inspected: inspectedSlot(), ...options.slots, ...other },
      onBilled: (billed) => options.onBilled?.(name, billed),
      onPeak: options.onPeak && ((mb) => options.onPeak?.(name, mb)),
      environment: { ...other.environment, ...environment, ...settingsOf(name, cloud) },
      bundle: bundles[name],
      program: bundles.slot,
      logFolder: join(options.folder, "logs"),
      cacheFolder: compiledOf(join(bundles.slot, "../..")),
    });
  return {
    splitter: pool("splitter", 1),
    worker: pool("worker", options.workers, options.timeoutMs, options.worker),
    aggregator: pool("aggregator", options.aggregators ?? 1),
  };
}
