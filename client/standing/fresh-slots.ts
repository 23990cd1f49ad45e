import { join } from "node:path";
import { DEFAULT_RETRY_AFTER_SECONDS, ENV } from "../../shared/validation/env.ts";
import type { Bundles } from "../../tools/bundling/bundles.ts";
import { compiledOf, KERNEL_FILES } from "../../tools/bundling/dist.ts";
import { SlotPool } from "../local/slots.ts";

export type Environment = Readonly<Record<string, string>>;

/** SQS lets a message be hidden no longer. A slot that is longer at one than this is taken to hang, and is ended. */
const LONGEST_MESSAGE_MS = 12 * 60 * 60_000;

export interface FreshSlotsOptions {
  readonly stage: "worker" | "aggregator";
  /** The slots are named after it. */
  readonly name: string;
  readonly most: number;
  readonly logFolder: string;
  /** What the slots are to find in their environment as it is now. */
  readonly environment: () => Promise<Environment>;
}

/** A stage in slots with the environment of now: a role's credentials last an hour, and a process cannot be given others. */
export class FreshSlots {
  readonly #options: FreshSlotsOptions;
  readonly #bundles: Bundles;
  readonly #former = new Set<SlotPool>();
  readonly #failing = Promise.withResolvers<never>();
  #latest: { readonly environment: string; readonly pool: SlotPool } | undefined;

  constructor(options: FreshSlotsOptions, bundles: Bundles) {
    this.#options = options;
    this.#bundles = bundles;
    this.failed.catch(() => {});
  }

  /** Rejects where no slot comes up, however often one is started. */
  get failed(): Promise<never> {
    return this.#failing.promise;
  }

  async current(): Promise<SlotPool> {
    const environment = await this.#options.environment();
    const text = JSON.stringify(environment);
    if (this.#latest?.environment === text) return this.#latest.pool;
    if (this.#latest) this.#former.add(this.#latest.pool);
    const pool = this.#poolOf(environment);
    pool.failed.catch(this.#failing.reject);
    this.#latest = { environment: text, pool };
    return pool;
  }

  /** Ends those with a former environment that are at nothing any more. */
  closeFormer(): void {
    for (const pool of this.#former) {
      if (pool.busy > 0) continue;
      this.#former.delete(pool);
      void pool.close();
    }
  }

  async close(): Promise<void> {
    const all = [...this.#former, ...(this.#latest ? [this.#latest.pool] : [])];
    await Promise.all(all.map((pool) => pool.close()));
  }

  #poolOf(environment: Environment): SlotPool {
    const { stage, name, most, logFolder } = this.#options;
    const { [stage]: bundle, slot: program } = this.#bundles;
    return new SlotPool({
      ...{ name, max: most, timeoutMs: LONGEST_MESSAGE_MS, logFolder, bundle, program },
      environment: { ...ALIKE_EVERYWHERE, ...environment },
      cacheFolder: compiledOf(join(program, "../..")),
    });
  }
}

const ALIKE_EVERYWHERE: Environment = {
  [ENV.retryAfterSeconds]: `${DEFAULT_RETRY_AFTER_SECONDS}`,
  [ENV.kernelFiles]: KERNEL_FILES,
  [ENV.others]: "unlike",
  POWERTOOLS_LOG_LEVEL: "WARN",
};
