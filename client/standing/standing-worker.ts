/** Workers on this machine for a deployment's queue, beside its Lambdas or in their place. */
import { hostname } from "node:os";
import { join } from "node:path";
import { AwsClient } from "../../shared/ports/aws/aws-client.ts";
import { settingsOfFunction } from "../../shared/ports/aws/settings.ts";
import { sqsInbox } from "../../shared/ports/aws/sqs-inbox.ts";
import { DEFAULT_RETRY_AFTER_SECONDS, ENV } from "../../shared/validation/env.ts";
import { describeError } from "../../shared/validation/errors.ts";
import { type Bundles, ensureBundles } from "../../tools/bundling/bundles.ts";
import { compiledOf, KERNEL_FILES } from "../../tools/bundling/dist.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { EventSource } from "../local/event-source.ts";
import { inEvents } from "../local/function-events.ts";
import { LONGEST_TIMEOUT_MS } from "../local/pools.ts";
import { SlotPool } from "../local/slots.ts";
import { HeldMessages } from "./held-messages.ts";

export interface StandingOptions {
  readonly workers: number;
  /** Where the workers' logs are written. */
  readonly logFolder: string;
  /** Aborted: takes no more messages, and ends when those at work are done. */
  readonly signal: AbortSignal;
  readonly onNews: (news: News) => void;
}

/** What a standing worker tells: each once it has happened. */
export type News =
  | { readonly kind: "started"; readonly name: string; readonly workers: number }
  | { readonly kind: "done" | "handed back"; readonly messageId: string; readonly ms: number }
  | { readonly kind: "died"; readonly messageId: string; readonly ms: number; readonly why: string }
  | { readonly kind: "trouble"; readonly why: string }
  | { readonly kind: "answered" | "draining" };

/**
 * Takes messages of the deployment's chunk queue until the signal is aborted. This process receives, hides and acknowledges them; a child
 * for each worker computes, with the bundle that Lambda would run. A child that dies is replaced, and its message given to others at once.
 * Rejects where no child ever starts.
 */
export async function standBy(cloud: Cloud, options: StandingOptions): Promise<void> {
  const { workers, signal, onNews } = options;
  const name = `${hostname().toLowerCase()}-${process.pid}-${Math.random().toString(36).slice(2, 6)}`;
  const bundles = await ensureBundles({});
  const places = await placesOf(cloud);
  const credentials = cloud.clients.sqs.config.credentials;
  const client = new AwsClient({ ...settingsOfFunction("sqs", await withKeys(cloud, places)), credentials });
  const inbox = new HeldMessages(sqsInbox(client, cloud.deployment.chunkQueue), {
    onTrouble: (error) => onNews({ kind: "trouble", why: describeError(error) }),
    onAnswered: () => onNews({ kind: "answered" }),
  });
  const slots = new FreshSlots(cloud, places, (environment) => {
    const { logFolder } = options;
    return poolOf({ name, workers, logFolder, environment }, bundles);
  });
  const invoke = inEvents(async (event) => (await slots.current()).invoke(event));
  const source = new EventSource({
    ...{ inbox, batchSize: 1, batchingWindowMs: 0, maximumConcurrency: workers },
    async work(messages) {
      const beganMs = performance.now();
      const tell = (kind: "done" | "handed back" | "died", why = "") => {
        const ms = Math.round(performance.now() - beganMs);
        for (const { id: messageId } of messages)
          onNews({ kind, messageId, ms, ...(why && { why }) } as News);
      };
      try {
        const handedBack = await invoke(messages);
        inbox.letGo(messages.filter(({ id }) => handedBack.has(id)));
        tell(handedBack.size > 0 ? "handed back" : "done");
        return handedBack;
      } catch (error) {
        tell("died", describeError(error));
        throw error;
      } finally {
        slots.closeFormer();
      }
    },
  });
  try {
    const pool = await slots.current();
    await Promise.race([pool.warm(workers), pool.failed]);
    onNews({ kind: "started", name, workers });
    source.start();
    await Promise.race([aborted(signal), slots.failed]);
    onNews({ kind: "draining" });
  } finally {
    // First of all: what it would receive without workers would come back at once, until it has used up its deliveries.
    await source.stop();
    await inbox.close();
    await slots.close();
    client.close();
  }
}

type Environment = Readonly<Record<string, string>>;

/** Where the workers find what they need. */
async function placesOf({ clients, deployment }: Cloud): Promise<Environment> {
  const endpointOf = async (service: "sqs" | "s3") =>
    (await clients[service].config.serviceConfiguredEndpoint?.()) ?? process.env.AWS_ENDPOINT_URL;
  const [sqs, s3] = await Promise.all([endpointOf("sqs"), endpointOf("s3")]);
  return {
    AWS_REGION: deployment.region,
    ...(sqs && { AWS_ENDPOINT_URL_SQS: sqs }),
    ...(s3 && { AWS_ENDPOINT_URL_S3: s3 }),
    [ENV.bucket]: deployment.bucket,
    [ENV.chunkQueueUrl]: deployment.chunkQueue,
    [ENV.resultQueueUrl]: deployment.resultQueue,
    [ENV.retryAfterSeconds]: `${DEFAULT_RETRY_AFTER_SECONDS}`,
    [ENV.kernelUploads]: deployment.kernelUploads ?? "none",
    [ENV.kernelFiles]: KERNEL_FILES,
    [ENV.others]: "unlike",
    POWERTOOLS_LOG_LEVEL: "WARN",
  };
}

async function withKeys({ clients }: Cloud, places: Environment): Promise<Environment> {
  const { accessKeyId, secretAccessKey, sessionToken } = await clients.sqs.config.credentials();
  return {
    ...places,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
  };
}

/** Slots with the credentials of now: a role's last an hour, and a process cannot be given others. */
class FreshSlots {
  readonly #cloud: Cloud;
  readonly #places: Environment;
  readonly #make: (environment: Environment) => SlotPool;
  readonly #former = new Set<SlotPool>();
  readonly #failing = Promise.withResolvers<never>();
  #latest: { readonly keys: string; readonly pool: SlotPool } | undefined;

  constructor(cloud: Cloud, places: Environment, make: (environment: Environment) => SlotPool) {
    this.#cloud = cloud;
    this.#places = places;
    this.#make = make;
    this.failed.catch(() => {});
  }

  /** Rejects where no slot comes up, however often one is started. */
  get failed(): Promise<never> {
    return this.#failing.promise;
  }

  async current(): Promise<SlotPool> {
    const environment = await withKeys(this.#cloud, this.#places);
    const keys = `${environment.AWS_ACCESS_KEY_ID} ${environment.AWS_SESSION_TOKEN}`;
    if (this.#latest?.keys === keys) return this.#latest.pool;
    if (this.#latest) this.#former.add(this.#latest.pool);
    const pool = this.#make(environment);
    pool.failed.catch(this.#failing.reject);
    this.#latest = { keys, pool };
    return pool;
  }

  /** Ends those with former credentials that are at nothing any more. */
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
}

interface PoolOptions {
  readonly name: string;
  readonly workers: number;
  readonly logFolder: string;
  readonly environment: Environment;
}

function poolOf({ name, workers, logFolder, environment }: PoolOptions, bundles: Bundles): SlotPool {
  return new SlotPool({
    ...{ name, max: workers, timeoutMs: LONGEST_TIMEOUT_MS, environment, logFolder },
    bundle: bundles.worker,
    program: bundles.slot,
    cacheFolder: compiledOf(join(bundles.slot, "../..")),
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
