/** A job on engine redis while the line breaks, the server dies and workers die or lag, all drawn from a seed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Progress } from "../../../api/progress.ts";
import { InterruptedError, mountsOf, type RunResult } from "../../../client/engines/engine.ts";
import { engineNamed } from "../../../client/engines/engines.ts";
import type { JobRequest } from "../../../shared/messages/job-request.ts";
import { type Resumption, resumption } from "../../../shared/messages/resumption.ts";
import { FileStore } from "../../../shared/ports/file/file-store.ts";
import { isEmpty } from "../../../shared/ports/queue.ts";
import { openRedis } from "../../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../../shared/ports/redis/redis-url.ts";
import { describeError, InvalidInputError } from "../../../shared/validation/errors.ts";
import { sameBytes, storedArray } from "../../helpers/arrays.ts";
import type { RedisServer } from "../../helpers/redis-server.ts";
import { Draw } from "../draw.ts";
import { type Break, breakingLine } from "./breaking-line.ts";
import { startFleet, type Whim } from "./fleet.ts";

export const REDIS_FAULTS = [
  ...(["before", "after", "restart", "lags", "dies", "reports"] as const),
  ...(["left", "cancelled"] as const),
];
type RedisFault = (typeof REDIS_FAULTS)[number];

export interface RedisVerdict {
  readonly seed: number;
  readonly problems: readonly string[];
  /** What struck, in its order. */
  readonly struck: readonly RedisFault[];
}

/** Workers' messages are others' after this long without a word. */
const VISIBILITY_MS = 300;
/** A scenario takes about this many commands; later strikes never come. */
const COMMANDS = 350;
/** So that none comes near the fifth delivery, which would make it a dead letter. */
const WHIMS_A_MESSAGE = 2;
const LONGEST_MS = 60_000;
const DRAIN_LOOKS = 200;

export const REQUEST: JobRequest = {
  kernel: "mandelbrot",
  points: [40, 30],
  chunk: [10, 10],
  output: { plots: false },
};

/** Runs it on the server, which has nothing else to do, and compares with what the job is without any fault. */
export async function runRedisScenario(
  seed: number,
  server: RedisServer,
  oracle: Awaited<ReturnType<typeof storedArray>>,
): Promise<RedisVerdict> {
  const draw = new Draw(seed);
  const struck: RedisFault[] = [];
  const strikes = new Map<number, Break | "restart">();
  for (let k = draw.whole(1, 8); k > 0; k--)
    strikes.set(draw.whole(1, COMMANDS), draw.of(["before", "after", "after", "restart"]));
  const restarts: Promise<void>[] = [];
  const line = await breakingLine(server.port, (command) => {
    const fault = strikes.get(command);
    if (!fault || (fault === "restart" && restarts.length > 0)) return undefined;
    struck.push(fault);
    if (fault !== "restart") return fault;
    restarts.push(server.kill().then(() => server.start()));
    return "before";
  });
  const whims = new Map<string, number>();
  const likelihood = draw.real(0, 0.4);
  const whimOf = ({ id }: { readonly id: string }): Whim => {
    const before = whims.get(id) ?? 0;
    if (before === WHIMS_A_MESSAGE || !draw.chance(likelihood)) return "works";
    whims.set(id, before + 1);
    const whim = draw.of(["lags", "dies", "reports"] as const);
    struck.push(whim);
    return whim;
  };
  const folder = mkdtempSync(join(tmpdir(), "manyhands-faults-"));
  const request = { ...REQUEST, chunksPerMessage: draw.of([1, 1, 3]) };
  const turn = {
    what: draw.of(["left", "cancelled", undefined, undefined] as const),
    afterMs: draw.whole(0, 500),
  };
  const endFleet = startFleet({ url: line.url, workers: 2, visibilityMs: VISIBILITY_MS, whimOf });
  const problems: string[] = [];
  try {
    const { summary } = await throughItsTurn({ redis: line.url, folder, request }, turn, struck);
    const { state, chunks } = summary;
    if (state !== "complete") problems.push(`it is ${state}: ${JSON.stringify(summary.failures)}`);
    if (chunks.done !== chunks.total) problems.push(`${chunks.done} of ${chunks.total} chunks`);
    const array = await storedArray(new FileStore(mountsOf("job", folder)), "job");
    if (!sameBytes(array, oracle)) problems.push("the array is not the oracle's");
    problems.push(...(await leftIn(server)));
  } catch (error) {
    problems.push(describeError(error));
  } finally {
    await Promise.all(restarts);
    await endFleet();
    line.close();
    await forgotten(server);
    rmSync(folder, { recursive: true });
  }
  return { seed, problems, struck };
}

interface Job {
  readonly redis: string;
  readonly folder: string;
  readonly request: JobRequest | Resumption;
}

/** A client that leaves is followed by one that asks for the same; one that cancels resumes. */
async function throughItsTurn(
  job: Job,
  { what, afterMs }: { readonly what: "left" | "cancelled" | undefined; readonly afterMs: number },
  struck: RedisFault[],
): Promise<RunResult> {
  const leaving = new AbortController();
  let isOver = false;
  const turned = sleep(afterMs).then(async () => {
    if (what === "left") leaving.abort();
    while (what === "cancelled" && !isOver && !(await cancelled(job.redis))) await sleep(20);
  });
  try {
    const first = await untilItBegins(job, leaving.signal).finally(() => {
      isOver = true;
    });
    await turned;
    if (first.summary.state !== "cancelled") return first;
    struck.push("cancelled");
    return await untilItBegins({ ...job, request: resumption("job", { force: true }) });
  } catch (error) {
    if (!(error instanceof InterruptedError && leaving.signal.aborted)) throw error;
    struck.push("left");
    return untilItBegins(job);
  }
}

/** False where it could not be: it may not be there yet, or be over; and a broken line may make the Redis look absent. */
async function cancelled(redis: string): Promise<boolean> {
  try {
    await (await engineNamed("redis").jobs({ redis })).withJob("job", (found) => found.cancel());
    return true;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return false;
  }
}

/** As a user repeats a command that found no Redis, which is a sentence and has begun nothing. */
async function untilItBegins({ redis, folder, request }: Job, leaving?: AbortSignal): Promise<RunResult> {
  const signal = AbortSignal.any([AbortSignal.timeout(LONGEST_MS), ...(leaving ? [leaving] : [])]);
  for (;;) {
    const run = await engineNamed("redis").load({ redis });
    const progress = new Progress(12, 1200);
    try {
      return await run({ jobId: "job", request, folder, workers: 1, progress, signal });
    } catch (error) {
      if (!(error instanceof InvalidInputError && error.message.includes("to be there"))) throw error;
    }
  }
}

/** What is in its queues a while after the job's end: duplicates are worked off, dead letters are none. */
async function leftIn({ url }: RedisServer): Promise<string[]> {
  const hub = await openRedis(redisPlace(url), { isPatient: true });
  try {
    for (let looks = 1; ; looks++) {
      const depth = await hub.chunks.depth();
      if (isEmpty(depth)) break;
      if (looks === DRAIN_LOOKS) return [`chunk messages are left: ${JSON.stringify(depth)}`];
      await sleep(50);
    }
    const dead = [await hub.deadChunks.depth(), await hub.deadResults.depth()];
    return dead.every(isEmpty) ? [] : [`dead letters: ${JSON.stringify(dead)}`];
  } finally {
    await hub.close();
  }
}

async function forgotten({ url }: RedisServer): Promise<void> {
  const hub = await openRedis(redisPlace(url), { isPatient: true });
  await hub.redis.flushall();
  await hub.close();
}
