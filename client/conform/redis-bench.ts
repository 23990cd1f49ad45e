import { once } from "node:events";
import type { Socket } from "node:net";
import type { RedisHub } from "../../shared/ports/redis/redis-ports.ts";
import { VISIBILITY_MS } from "../../shared/ports/redis/redis-queue.ts";
import type { RedisPlace } from "../../shared/ports/redis/redis-url.ts";
import { type Bench, type Seen, type Step, seenOf, soon } from "./bench.ts";
import { GoldenJob } from "./golden-job.ts";
import { type Monitored, monitor } from "./monitor.ts";

const CHUNKS = "manyhands:chunks";
const OBJECT = "manyhands:object:";
/** A worker's own objects. What a machine's aggregator puts is none of its worker's. */
const OF_WORKER = /^(rejected\/|jobs\/[^/]+\/array\/)/;
/** Before the body of a delayed message. */
const UUID_LENGTH = 37;
const LOOK_MS = 5;

/** In one step, so that no worker takes the message before it has its deliveries: they are those of a receiver that let it go. */
const GIVE = `local id = redis.call('XADD', KEYS[1], '*', 'body', ARGV[1])
if tonumber(ARGV[2]) > 0 then
  redis.call('XREADGROUP', 'GROUP', 'workers', 'conform', 'COUNT', 1, 'STREAMS', KEYS[1], '>')
  redis.call('XCLAIM', KEYS[1], 'workers', 'conform', 0, id, 'IDLE', ARGV[3], 'RETRYCOUNT', ARGV[2], 'JUSTID')
end
redis.call('ECHO', ARGV[4])
return id`;
/** Removes all messages; those that a worker took beside the one it was given are named, and are its to acknowledge. */
const CLEAR = `local taken = {}
for _, row in ipairs(redis.call('XPENDING', KEYS[1], 'workers', '-', '+', 1000)) do
  if row[1] == ARGV[1] then redis.call('XACK', KEYS[1], 'workers', row[1]) else taken[#taken + 1] = row[1] end
end
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do redis.call('XDEL', KEYS[1], entry[1]) end
redis.call('DEL', KEYS[2], KEYS[3])
return taken`;

/** On a Redis of its own, whose commands it sees. */
export class RedisBench implements Bench {
  readonly #hub: RedisHub;
  readonly #ended: Promise<never>;
  readonly #mostMs: number;
  #monitor: Socket | undefined;
  #jobs = 0;
  #marks = 0;
  #onMark = new Map<string, () => void>();
  #onCommand: (command: Monitored) => void = () => {};

  constructor(hub: RedisHub, ended: Promise<never>, mostSeconds: number) {
    this.#hub = hub;
    this.#ended = ended;
    this.#mostMs = 1000 * mostSeconds;
  }

  get store() {
    return this.#hub.store;
  }

  async watch(place: RedisPlace): Promise<void> {
    this.#monitor = await monitor(place, (command) => {
      const [name = "", text = ""] = command.args;
      if (name.toUpperCase() === "ECHO") this.#onMark.get(text)?.();
      else this.#onCommand(command);
    });
  }

  async close(): Promise<void> {
    if (!this.#monitor) return;
    this.#monitor.destroy();
    await once(this.#monitor, "close");
  }

  job(request: object): Promise<GoldenJob> {
    return GoldenJob.submit(this.store, request, `conform-${++this.#jobs}`);
  }

  async give(body: string, delivery = 1, onTaken = () => {}): Promise<Seen> {
    const { redis } = this.#hub;
    const steps: Step[] = [];
    const { promise: done, resolve } = Promise.withResolvers<void>();
    let isOver = false;
    const observer = new Observer((step) => {
      // What comes after that is of another message, unless it is this one, sent anew by the same script.
      if (isOver && !(step.kind === "sent" && step.sent[0]?.body === body)) return;
      steps.push(step);
      if (isOver || step.kind === "put" || step.kind === "sent") return;
      isOver = true;
      void redis.echo(this.#mark(resolve)).catch(() => {});
    });
    const begin = this.#mark(() => {
      this.#onCommand = (command) => observer.see(command);
    });
    const id = String(await redis.eval(GIVE, 1, CHUNKS, body, delivery - 1, VISIBILITY_MS, begin));
    const looking = setInterval(async () => {
      const [row] = (await redis.xpending(CHUNKS, "workers", id, id, 1).catch(() => [])) as unknown[][];
      // Where it is gone, a worker took it between two looks.
      const isTaken = row
        ? row[1] !== "conform"
        : (await redis.xrange(CHUNKS, id, id).catch(() => [id])).length === 0;
      if (!isTaken) return;
      clearInterval(looking);
      onTaken();
    }, LOOK_MS);
    try {
      await soon(done, this.#ended, this.#mostMs);
      return seenOf(steps, id);
    } finally {
      clearInterval(looking);
      await this.#clear(id);
    }
  }

  /** Until a worker has ended what it took of the messages that it sent itself. */
  async #clear(id: string): Promise<void> {
    const { promise: free, resolve } = Promise.withResolvers<void>();
    const ended = new Set<string>();
    let taken: string[] | undefined;
    const look = () => taken?.every((each) => ended.has(each)) && resolve();
    this.#onCommand = ({ args: [name = "", key, , ...ids] }) => {
      // To take it again is not to end it.
      if (!/^XACK$/i.test(name) && !ids.includes("JUSTID")) return;
      if (key !== CHUNKS) return;
      for (const each of ids) ended.add(each);
      look();
    };
    taken = (await this.#hub.redis.eval(
      ...([CLEAR, 3, CHUNKS, `${CHUNKS}:delayed`, `${CHUNKS}:hidden`, id] as const),
    )) as string[];
    look();
    // A worker that ends, or takes too long, is the next check's to tell.
    await soon(free, this.#ended, this.#mostMs).catch(() => {});
    this.#onCommand = () => {};
  }

  /** A text that is seen among the commands when it is echoed. */
  #mark(onSeen: () => void): string {
    const mark = `conform-${++this.#marks}`;
    this.#onMark.set(mark, () => {
      this.#onMark.delete(mark);
      onSeen();
    });
    return mark;
  }
}

/** The server is a moment on when it tells of what it did. */
const wholeSeconds = (ms: number) => Math.round(ms / 1000);

/** Reads a worker's steps from its commands. */
class Observer {
  readonly #onStep: (step: Step) => void;
  #hiddenUntilMs: number | undefined;

  constructor(onStep: (step: Step) => void) {
    this.#onStep = onStep;
  }

  see({ atMs, args }: Monitored): void {
    const [name = "", key = "", ...rest] = args;
    const command = name.toUpperCase();
    if (command === "SET" && key.startsWith(OBJECT) && OF_WORKER.test(key.slice(OBJECT.length)))
      this.#onStep({ kind: "put", key: key.slice(OBJECT.length), status: 200 });
    else if (command === "XADD" && /^manyhands:(chunks|results)$/.test(key)) {
      const queue = key === CHUNKS ? "chunks" : "results";
      const body = rest[rest.indexOf("body") + 1] ?? "";
      if (queue === "chunks" || body.includes('"report"'))
        this.#onStep({ kind: "sent", queue, sent: [{ body, delaySeconds: 0 }] });
    } else if (command === "ZADD" && key === `${CHUNKS}:delayed`) {
      const [dueMs = "0", member = ""] = rest;
      const sent = { body: member.slice(UUID_LENGTH), delaySeconds: wholeSeconds(Number(dueMs) - atMs) };
      this.#onStep({ kind: "sent", queue: "chunks", sent: [sent] });
    } else if (command === "ZADD" && key === `${CHUNKS}:hidden`) this.#hiddenUntilMs = Number(rest[0]);
    else if (command === "XACK" && key === CHUNKS) this.#onStep({ kind: "acknowledged" });
    else if (command === "XCLAIM" && key === CHUNKS) this.#claimed(atMs, rest);
  }

  #claimed(atMs: number, options: readonly string[]): void {
    const upper = options.map((each) => each.toUpperCase());
    if (!upper.includes("JUSTID")) return; // it took the message
    const idleMs = Number(options[upper.indexOf("IDLE") + 1]);
    const untilMs = this.#hiddenUntilMs;
    this.#hiddenUntilMs = undefined;
    // Hidden as long as by a receive: a beat.
    if (untilMs === undefined && idleMs === 0) return;
    const ms = untilMs === undefined ? Math.max(VISIBILITY_MS - idleMs, 0) : untilMs - atMs;
    this.#onStep({ kind: "handed back", seconds: wholeSeconds(ms) });
  }
}
