/** The embedded cloud with slots around it, kept from one scenario to the next as Lambda keeps environments. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkEvent } from "../../client/cloud/check-event.ts";
import { makeEmulator } from "../../client/local/emulator.ts";
import { type LocalCloud, startLocalCloud } from "../../client/local/local-cloud.ts";
import { localInbox } from "../../client/local/local-inbox.ts";
import { makePools, type Pools, type PoolsOptions } from "../../client/local/pools.ts";
import { queueDepth } from "../../client/local/queue-depth.ts";
import { CHECK_TURNS } from "../../functions/aggregator/check.ts";
import { chunkMessage } from "../../shared/messages/chunk-message.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { getParsed } from "../../shared/ports/store.ts";
import { StoredJobSchema } from "../../shared/record/job.ts";
import { ENV, MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { type Bundles, ensureBundles } from "../../tools/bundling/bundles.ts";
import { serve } from "./boundary.ts";
import { ChunkDeliveries } from "./chunk-deliveries.ts";
import { Exchange } from "./exchange.ts";
import { Forger } from "./forger.ts";
import { Invocations } from "./invocations.ts";
import type { Plan } from "./plan.ts";
import { Receiver } from "./receiver.ts";
import { ResultDeliveries } from "./result-deliveries.ts";
import { ScenarioMeter, STANDS_FOR } from "./scenario-meter.ts";
import type { Scene, Slot } from "./scene.ts";
import { slowDown } from "./slowed-process.ts";

const MOST_WORKERS = 4;
/** The worker's timeout: a hanging worker is killed after it. Nothing else should take a tenth of it. */
const WORKER_TIMEOUT_MS = 10_000;
/** Time passes by injection only: a message whose worker died is visible again at once. */
const VISIBILITY_TIMEOUT_SECONDS = 600;
const CHECK_AFTER_SECONDS = 1;
const QUEUES = ["chunks", "results", "deadLetters", "resultDeadLetters"] as const;

export class World {
  readonly store: FileStore;
  readonly #folder: string;
  readonly #cloud: LocalCloud;
  readonly #pools: Pools;
  readonly #failing: Pools;
  readonly #starved: Pools;
  readonly #receivers: Readonly<Record<(typeof QUEUES)[number], Receiver>>;
  readonly #slots = new Map<string, Slot>();
  #scene: Scene | undefined;
  #invocations: Invocations | undefined;
  #deliveries: readonly { stop(): Promise<void> }[] = [];
  #stopSlowing = () => {};
  #open = () => {};
  #forger: Forger | undefined;
  readonly meter: ScenarioMeter;

  static async start(): Promise<World> {
    const bundles = await ensureBundles();
    const folder = mkdtempSync(join(tmpdir(), "manyhands-faults-"));
    const here: { world?: World } = {};
    const cloud = await startLocalCloud(
      (queues) =>
        makeEmulator({
          ...{ queues, folder: new Folder({ "": folder }) },
          visibilityTimeoutSeconds: VISIBILITY_TIMEOUT_SECONDS,
          maxReceiveCount: MAX_RECEIVE_COUNT,
          onAnswered: (request) => here.world?.meter.answered(request),
        }),
      (request, response, emulator) => {
        Exchange.read(request, response, emulator)
          .then((exchange) => here.world?.serve(exchange))
          .catch(() => response.destroy());
      },
    );
    here.world = new World(folder, bundles, cloud);
    await here.world.#warm();
    return here.world;
  }

  private constructor(folder: string, bundles: Bundles, cloud: LocalCloud) {
    this.#folder = folder;
    this.#cloud = cloud;
    this.store = new FileStore({ "": folder });
    this.meter = new ScenarioMeter(folder);
    const options: PoolsOptions = {
      folder,
      workers: MOST_WORKERS,
      aggregators: 2,
      timeoutMs: WORKER_TIMEOUT_MS,
      retryAfterSeconds: 0,
      checkAfterSeconds: CHECK_AFTER_SECONDS,
      environment: {
        [ENV.standsFor]: `${STANDS_FOR.architecture} ${STANDS_FOR.region} ${STANDS_FOR.memoryMb}`,
      },
      onBilled: (stage, billed) => this.meter.invoked(stage, billed),
    };
    const pools = (prefix: string, variables: Record<string, string>) =>
      makePools(
        {
          ...options,
          slots: {
            mayFailToStart: true,
            // Requests are signed with the slot's name: that is how it is known who makes them.
            environmentOf: (name) => ({ AWS_ACCESS_KEY_ID: prefix + name, ...variables }),
            onDeliver: (slot, event) => {
              this.#slots.set(prefix + slot.name, slot);
              this.#invocations?.begin(slot, event);
            },
          },
        },
        bundles,
        cloud,
      );
    this.#pools = pools("", {});
    this.#failing = pools("failing-", { [ENV.bucket]: "" });
    this.#starved = pools("starved-", { NODE_OPTIONS: "--max-old-space-size=8" });
    const receiver = (name: (typeof QUEUES)[number]) =>
      new Receiver(localInbox(cloud.sqs, cloud.queues[name]));
    this.#receivers = {
      chunks: receiver("chunks"),
      results: receiver("results"),
      deadLetters: receiver("deadLetters"),
      resultDeadLetters: receiver("resultDeadLetters"),
    };
  }

  /** A slot that loads for too long is killed, and that is no fault of a scenario's. */
  async #warm(): Promise<void> {
    const { splitter, worker, aggregator } = this.#pools;
    await Promise.all([splitter.warm(1), worker.warm(MOST_WORKERS), aggregator.warm(1)]);
  }

  begin(scene: Scene): void {
    const { worker, aggregator } = this.#pools;
    const invocations = new Invocations(scene, () => this.meter.diedSilently());
    this.#scene = scene;
    this.#invocations = invocations;
    this.meter.begin(this.#cloud.queues);
    void worker.warm(scene.plan.workers);
    const from = (name: (typeof QUEUES)[number]) => ({ scene, receiver: this.#receivers[name] });
    const workers = { worker, failing: this.#failing.worker, starved: this.#starved.worker };
    const results = {
      results: from("results"),
      deadLetters: from("deadLetters"),
      undelivered: from("resultDeadLetters"),
    };
    const { promise: opened, resolve } = Promise.withResolvers<void>();
    this.#open = resolve;
    if (!scene.script.fleet("nobody at work")) resolve();
    this.#deliveries = [
      new ChunkDeliveries({ ...from("chunks"), opened }, workers, invocations),
      new ResultDeliveries(results, aggregator, invocations),
    ];
    const forged = scene.script.fleet("forged request");
    if (forged) this.#forger = new Forger(this.#cloud.endpoint, scene, () => scene.script.strike(forged));
    const slow = scene.script.fleet("worker slow");
    const [pid] = worker.pids;
    this.#stopSlowing = () => {};
    if (slow && pid !== undefined)
      this.#stopSlowing = slowDown(pid, {
        isAlive: () => worker.pids.includes(pid),
        strike: () => void (scene.script.struck.has(slow) || scene.script.strike(slow)),
      });
  }

  /** Sends each of the plan's messages so often once more, as splitters do that are invoked again, and an operator who redrives. */
  async copyMessages({ request, messages }: Plan, copies: number): Promise<void> {
    const job = await getParsed(this.store, jobKeys(request.requestId).job, StoredJobSchema);
    if (!job) return;
    const { jobId, submittedAtMs: ofJobMs, spec } = job;
    const bodies = messages.map((chunks) => chunkMessage({ jobId, ofJobMs, kernel: spec.hash }, chunks));
    const QueueUrl = this.#cloud.queues.chunks.url;
    for (let copy = 0; copy < copies; copy++)
      for (const MessageBody of bodies)
        await this.#cloud.sqs("SendMessageBatch", { QueueUrl, Entries: [{ Id: "0", MessageBody }] });
  }

  /** Invokes the splitter. */
  submit(request: object): Promise<unknown> {
    return this.#pools.splitter.invoke(request);
  }

  /** Workers that were to come late do so from now on: after the last check, for which they came too late. */
  async letWorkersCome(): Promise<void> {
    const fault = this.#scene?.script.fleet("nobody at work");
    if (!fault || !this.#scene || !this.#invocations) return;
    const { jobId, script, prefix } = this.#scene;
    const { sqs, queues, region } = this.#cloud;
    // What was planned may have lost all of them.
    if ((await queueDepth(sqs, queues.chunks)).waiting > 0) {
      script.strike(fault);
      const event = checkEvent({ jobId, round: 0, turn: CHECK_TURNS - 1 }, region);
      await this.#invocations.invoke(this.#pools.aggregator, event);
      if (await this.store.get(`${prefix}summary.json`))
        this.#scene.problem("a check settled the job while its messages waited");
    }
    this.#open();
  }

  /** What is under way: messages by queue, but for delayed ones, and functions that run; undefined at rest. */
  async underWay(): Promise<string | undefined> {
    const counts: string[] = [];
    for (const name of QUEUES) {
      const { waiting, inFlight } = await queueDepth(this.#cloud.sqs, this.#cloud.queues[name]);
      if (waiting + inFlight > 0) counts.push(`${waiting + inFlight} in ${name}`);
    }
    const running = this.#invocations?.running ?? [];
    return counts.length + running.length > 0 ? [...counts, ...running].join(", ") : undefined;
  }

  /** The scenario is over, whether at rest or not. */
  async end(): Promise<void> {
    this.#stopSlowing();
    await this.#forger?.stop();
    this.#forger = undefined;
    await this.#stopDeliveries();
    // Checks of the job are left, and one may have been received just now: the next scenario is to know nothing of them.
    for (const name of QUEUES)
      await this.#cloud.sqs("PurgeQueue", { QueueUrl: this.#cloud.queues[name].url });
    if (this.#scene) rmSync(join(this.#folder, this.#scene.prefix), { recursive: true, force: true });
    this.#scene = undefined;
    this.#invocations = undefined;
    this.#deliveries = [];
  }

  async close(): Promise<void> {
    this.#stopSlowing();
    const stopping = this.#stopDeliveries();
    for (const pools of [this.#pools, this.#failing, this.#starved])
      for (const pool of Object.values(pools)) await pool.close();
    await stopping;
    await this.#cloud.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async serve(exchange: Exchange): Promise<void> {
    const scene = this.#scene;
    if (!scene) return exchange.pass();
    this.#forger?.overhear(exchange);
    await serve(exchange, scene, this.#slots.get(exchange.slot), this.#cloud.queues.results.url);
  }

  async #stopDeliveries(): Promise<void> {
    await Promise.all(this.#deliveries.map((each) => each.stop()));
  }
}
