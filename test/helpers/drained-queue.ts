/** A fleet of drainers beside the mapping's workers, on a queue of many servers, in a time that only waits move. */
import { seededRandom } from "../../client/local/seeded-random.ts";
import { drain } from "../../shared/burst/drain-loop.ts";
import type { Received } from "../../shared/ports/queue.ts";

const SERVERS = 12;
/** A receive without patience asks each server with this probability. */
const ASKED = 1 / 3;
const REQUEST_MS = 10;
const PATIENCE_MS = 1000;
const STEP_MS = 50;
const TIMEOUT_MS = 60_000;
const MAPPED = 5;

/** Runs asynchronous functions, each of whose waits ends at its time and none before another's that ends earlier. */
class VirtualTime {
  nowMs = 0;
  readonly #waits: { readonly atMs: number; readonly end: () => void }[] = [];

  wait(ms: number): Promise<void> {
    return new Promise((end) => {
      const atMs = this.nowMs + ms;
      const next = this.#waits.findIndex((other) => other.atMs > atMs);
      this.#waits.splice(next < 0 ? this.#waits.length : next, 0, { atMs, end });
    });
  }

  async run<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false;
    const ended = work.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await new Promise(setImmediate);
      const next = this.#waits.shift();
      if (!next) continue;
      this.nowMs = next.atMs;
      next.end();
    }
    return ended;
  }
}

export interface DrainedFleet {
  readonly seed: number;
  readonly drainers: number;
  readonly messages: number;
  /** The longest message's time; the others' are any shares of it. */
  readonly longestMs: number;
  /** Whether all wait for a last message, as they did once. */
  readonly areKeepers?: boolean;
}

/** What became of the fleet's messages: how often each was worked at, by when, and what drainers waited for beside it (s). */
export async function drainedFleet({
  seed,
  drainers,
  messages,
  longestMs,
  areKeepers = false,
}: DrainedFleet) {
  const random = seededRandom(seed);
  const time = new VirtualTime();
  const servers: Received[][] = Array.from({ length: SERVERS }, () => []);
  const send = (message: Received) => servers[Math.floor(random() * SERVERS)]!.push(message);
  const heaviestFirst = Array.from({ length: messages }, () => random() * longestMs).sort((a, b) => b - a);
  for (const [id, ms] of heaviestFirst.entries())
    send({ ...{ id: `${id}`, handle: "", queue: "", receiveCount: 1 }, body: `${ms}` });

  const from = (asked: readonly Received[][], most: number) => {
    const found: Received[] = [];
    const first = Math.floor(random() * asked.length);
    for (const server of [...asked.slice(first), ...asked.slice(0, first)])
      found.push(...server.splice(0, most - found.length));
    return found;
  };
  const receive = async (most: number, isPatient: boolean) => {
    await time.wait(REQUEST_MS);
    if (!isPatient)
      return from(
        servers.filter(() => random() < ASKED),
        most,
      );
    for (let waitedMs = 0; ; waitedMs += STEP_MS) {
      const found = from(servers, most);
      if (found.length > 0 || waitedMs >= PATIENCE_MS) return found;
      await time.wait(STEP_MS);
    }
  };
  const worked = new Map<string, number>();
  let lastMs = 0;
  const work = async ({ id, body }: Received) => {
    await time.wait(Number(body));
    worked.set(id, (worked.get(id) ?? 0) + 1);
    lastMs = time.nowMs;
    return { jobId: "j", chunks: 1, retry: false };
  };

  let waitedMs = 0;
  const drainer = async (k: number) => {
    await time.wait(2 * k);
    const beganMs = time.nowMs;
    let workMs = 0;
    await drain("j", {
      ...{ receive, isKeeper: areKeepers || k === 0, spread: random() },
      clock: { epochMs: () => time.nowMs, monotonicMs: () => time.nowMs, cpuMs: () => 0 },
      remainingMs: () => TIMEOUT_MS - (time.nowMs - beganMs),
      work: (message) => {
        workMs += Number(message.body);
        return work(message);
      },
      remove: () => time.wait(0),
      release: async (rest) => rest.forEach(send),
      claim: async () => ({ longestMs }),
      onTrouble: () => {},
      mayPass: () => true,
      pause: (ms) => time.wait(ms),
    });
    waitedMs += time.nowMs - beganMs - workMs;
  };
  const mapped = async () => {
    while (worked.size < messages) {
      const [message] = await receive(1, true);
      if (message) await work(message);
    }
  };
  await time.run(
    Promise.all([
      ...Array.from({ length: drainers }, (_, k) => drainer(k)),
      ...Array.from({ length: MAPPED }, mapped),
    ]),
  );
  return { worked, makespanSeconds: lastMs / 1000, waitedSeconds: waitedMs / 1000 };
}
