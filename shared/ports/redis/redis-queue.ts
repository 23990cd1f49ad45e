import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { MAX_RECEIVE_COUNT } from "../../validation/env.ts";
import { QueueSendError } from "../../validation/errors.ts";
import type { Inbox, MeasuredQueue, QueueDepth, Received } from "../queue.ts";
import { KnownMessages } from "./known-messages.ts";
import { type Argument, GROUP, isReply, runScript, type ScriptName } from "./scripts.ts";

/** A message is given to another receiver where its holder says nothing for this time. */
export const VISIBILITY_MS = 30_000;
/** Receivers look this often for what came due or was let go: it wakes none of them. */
const LOOK_MS = 1_000;
const BATCH_MESSAGES = 500;
const BATCH_UNITS = 256 * 1024;
const BATCHES_IN_FLIGHT = 4;
/** A receiver that asked for nothing for this time is gone: one that is there asks each second. */
const GONE_MS = 3_600_000;

export interface RedisQueueOptions {
  /** `chunks` for the stream `manyhands:chunks`. */
  readonly name: string;
  /** Who receives, in the group: another name for each receiver that there ever is. */
  readonly consumer: string;
  /** Where messages are buried that were delivered too often; without it they are delivered again and again. */
  readonly dead?: string | undefined;
  readonly visibilityMs?: number | undefined;
}

/**
 * A queue on a Redis Stream with one consumer group. Its messages outlast receivers that die, and Redis itself where that has an
 * append-only file.
 * @example
 * const queue = new RedisQueue(redis, () => redis.duplicate(), { name: "chunks", consumer: "host-1", dead: "chunks-dead" });
 */
export class RedisQueue implements MeasuredQueue, Inbox {
  readonly #redis: Redis;
  readonly #connect: () => Redis;
  readonly #options: RedisQueueOptions;
  readonly #visibilityMs: number;
  readonly #stream: string;
  readonly #known: KnownMessages;
  #waiting: Redis | undefined;
  #receiving = 0;
  #isSwept = false;
  /** Since a connection was lost: answers may have been, with messages in them. */
  #mayHaveLost = false;
  #isClosed = false;

  /** `connect` gives a connection of its own, on which receivers wait. */
  constructor(redis: Redis, connect: () => Redis, options: RedisQueueOptions) {
    this.#redis = redis;
    this.#connect = connect;
    this.#options = options;
    this.#visibilityMs = options.visibilityMs ?? VISIBILITY_MS;
    this.#stream = `manyhands:${options.name}`;
    this.#known = new KnownMessages(this.#visibilityMs);
    redis.on("close", this.#onLost);
  }

  /** The name that it has in its messages. */
  get name(): string {
    return this.#stream;
  }

  async send(bodies: Iterable<string>, { delaySeconds = 0 } = {}): Promise<number> {
    const batches = inBatches(bodies);
    let sent = 0;
    const lane = async () => {
      for (const batch of batches) {
        await this.#sendBatch(batch, delaySeconds);
        sent += batch.length;
      }
    };
    await Promise.all(Array.from({ length: BATCHES_IN_FLIGHT }, lane));
    return sent;
  }

  async #sendBatch(bodies: readonly string[], delaySeconds: number): Promise<void> {
    try {
      if (delaySeconds === 0) await runScript(this.#redis, "send", [this.#stream], bodies);
      else {
        const members = bodies.map((body) => `${randomUUID()} ${body}`);
        await runScript(this.#redis, "sendLater", [this.#delayed], [1000 * delaySeconds, ...members]);
      }
    } catch (error) {
      if (isReply(error, "OOM"))
        throw new QueueSendError(bodies.length, "Redis has no memory left (maxmemory)");
      throw error;
    }
  }

  async depth(): Promise<QueueDepth> {
    const keys = [this.#stream, this.#hidden, this.#delayed];
    const counts = await this.#run("depth", keys, [this.#visibilityMs]);
    const [waiting = 0, inFlight = 0, delayed = 0] = counts as number[];
    return { waiting, inFlight, delayed };
  }

  async receive(most: number, waitMs: number): Promise<readonly Received[]> {
    const endMs = performance.now() + waitMs;
    this.#receiving++;
    try {
      await this.#tidy();
      while (!this.#isClosed) {
        const taken = await this.#take(most);
        const leftMs = endMs - performance.now();
        if (taken.length > 0 || leftMs <= 0 || this.#isClosed) return taken;
        // Receivers that look in step would meet in the same order each time: one that lacks a kernel, say, always first.
        const lookMs = LOOK_MS * (0.5 + 0.5 * Math.random());
        const fresh = await this.#waitForFresh(most, Math.min(leftMs, lookMs, this.#visibilityMs));
        if (fresh.length > 0) return fresh;
      }
      return [];
    } catch (error) {
      if (this.#isClosed) return [];
      throw error;
    } finally {
      this.#receiving--;
    }
  }

  /** What one receive does for all: others' answers would look like lost ones. */
  async #tidy(): Promise<void> {
    if (!this.#isSwept) await this.#run("sweep", [this.#stream], [GONE_MS]);
    this.#isSwept = true;
    if (!this.#mayHaveLost || this.#receiving > 1) return;
    this.#mayHaveLost = false;
    const { consumer } = this.#options;
    await this.#run("recover", [this.#stream], [consumer, this.#visibilityMs, ...this.#known.ids()]);
  }

  readonly #onLost = () => {
    this.#mayHaveLost = true;
  };

  async #take(most: number): Promise<Received[]> {
    const { consumer, dead } = this.#options;
    const keys = [this.#stream, this.#hidden, this.#delayed, `manyhands:${dead ?? this.#options.name}`];
    const last = dead === undefined ? 0 : MAX_RECEIVE_COUNT;
    const taken = await this.#run("take", keys, [consumer, this.#visibilityMs, most, last]);
    return (taken as [string, string, number][]).map(([id, body, count]) => this.#received(id, body, count));
  }

  async #waitForFresh(most: number, ms: number): Promise<Received[]> {
    this.#waiting ??= this.#waitingConnection();
    const group = ["GROUP", GROUP, this.#options.consumer, "COUNT", most, "BLOCK", Math.ceil(ms)];
    const reply = await this.#waiting
      .call("XREADGROUP", ...group, "STREAMS", this.#stream, ">")
      .catch((error: unknown) => {
        // By its next look it makes the group again. A closed queue has nothing any more.
        if (this.#isClosed || isReply(error, "NOGROUP") || isReply(error, "UNBLOCKED")) return null;
        throw error;
      });
    const entries = (reply as [string, [string, string[]][]][] | null)?.[0]?.[1] ?? [];
    return entries.map(([id, fields]) => this.#received(id, bodyOf(fields), 1));
  }

  /** What cut this one cut the other one too, which may not notice before it is silent for as long. */
  #waitingConnection(): Redis {
    let wasReady = false;
    const onClose = () => {
      this.#onLost();
      if (wasReady && !this.#isClosed && this.#redis.status === "ready") this.#redis.stream.destroy();
      wasReady = false;
    };
    return this.#connect()
      .on("close", onClose)
      .on("ready", () => {
        wasReady = true;
      });
  }

  #received(id: string, body: string, receiveCount: number): Received {
    this.#known.hidden(id, this.#visibilityMs);
    return { id, body, receiveCount, handle: `${id}/${receiveCount}`, queue: this.#stream };
  }

  async acknowledge(messages: readonly Received[]): Promise<void> {
    for (let at = 0; at < messages.length; at += BATCH_MESSAGES) {
      const ids = messages.slice(at, at + BATCH_MESSAGES).map(({ id }) => id);
      this.#known.gone(ids);
      await this.#run("acknowledge", [this.#stream, this.#hidden], ids);
    }
  }

  /** Does nothing where the message is another receiver's by now. */
  async postpone(message: Received, ms: number): Promise<void> {
    this.#known.hidden(message.id, ms);
    await this.#run("postpone", [this.#stream, this.#hidden], this.#delivery(message, ms));
  }

  async release(messages: readonly Received[], ms: number): Promise<void> {
    const keys = [this.#stream, this.#hidden, this.#delayed];
    this.#known.gone(messages.map(({ id }) => id));
    const release = (message: Received) =>
      this.#run("release", keys, [...this.#delivery(message, ms), randomUUID()]);
    await Promise.all(messages.map(release));
  }

  #delivery({ id, receiveCount }: Received, ms: number): Argument[] {
    return [this.#options.consumer, id, receiveCount, Math.round(ms), this.#visibilityMs];
  }

  endWaits(): void {
    this.#isClosed = true;
  }

  /**
   * Ends a wait, and leaves the group unless messages are still this receiver's. Where the connection is lost meanwhile it stays in the
   * group: a command that is to be sent again would keep who closes waiting until the Redis is back.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#redis.off("close", this.#onLost);
    this.#waiting?.disconnect();
    if (this.#redis.status !== "ready") return;
    const lost = new Promise<void>((resolve) => this.#redis.once("close", () => resolve()));
    const left = runScript(this.#redis, "leave", [this.#stream], [this.#options.consumer]).catch(() => {});
    await Promise.race([left, lost]);
  }

  /** Makes the group where it is missing: at the first time, or after the server lost its data. It begins with what was sent before. */
  async #run(name: ScriptName, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    try {
      return await runScript(this.#redis, name, keys, args);
    } catch (error) {
      if (!isReply(error, "NOGROUP")) throw error;
      await this.#redis.call("XGROUP", "CREATE", this.#stream, GROUP, "0", "MKSTREAM").catch((refusal) => {
        if (!isReply(refusal, "BUSYGROUP")) throw refusal;
      });
      return runScript(this.#redis, name, keys, args);
    }
  }

  get #delayed(): string {
    return `${this.#stream}:delayed`;
  }

  /** Until when messages stay hidden that are postponed by more than the visibility timeout. */
  get #hidden(): string {
    return `${this.#stream}:hidden`;
  }
}

function bodyOf(fields: readonly string[]): string {
  return fields[fields.findIndex((field, k) => k % 2 === 0 && field === "body") + 1] ?? "";
}

function* inBatches(bodies: Iterable<string>): Generator<string[]> {
  let batch: string[] = [];
  let units = 0;
  for (const body of bodies) {
    if (batch.length === BATCH_MESSAGES || (batch.length > 0 && units + body.length > BATCH_UNITS)) {
      yield batch;
      [batch, units] = [[], 0];
    }
    batch.push(body);
    units += body.length;
  }
  if (batch.length > 0) yield batch;
}
