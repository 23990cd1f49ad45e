import { seededRandom } from "../../client/local/seeded-random.ts";
import { Spending } from "../../functions/worker/spending.ts";
import { OwnAsked } from "./own-asked.ts";
import type { Stages } from "./stages.ts";

interface Environment {
  readonly spending: Spending;
  readonly asked: OwnAsked;
}

export interface FleetOptions {
  readonly seed: number;
  /** Environments that take messages, as a mapping has them. */
  readonly environments: number;
  /** Which idle one gets the next message: any, or the one that was at work last. */
  readonly next: "any" | "latest";
  /** What a message takes where it is worked. */
  readonly messageMs: number;
}

interface Worked {
  /** In its own time (s): the last message was done then. */
  readonly seconds: number;
  readonly deliveries: number;
  readonly waits: number;
}

/** A fleet of a job with a limit, in a time of its own: works off the chunk queue, messages that wait included. */
export async function workOffLimited(stages: Stages, options: FleetOptions): Promise<Worked> {
  const { seed, environments, next: chosen, messageMs } = options;
  const random = seededRandom(seed);
  const { store, results, clock } = stages;
  stages.random = random;
  const idle: Environment[] = Array.from({ length: environments }, () => {
    const asked = new OwnAsked(store.asked);
    return { asked, spending: new Spending({ store, results, clock, random, asked }) };
  });
  const busy: { readonly environment: Environment; readonly untilMs: number }[] = [];
  const waiting: { readonly body: string; readonly dueMs: number }[] = [];
  let [nowMs, deliveries, waits] = [0, 0, 0];
  const arrive = () => {
    for (const { body, delaySeconds } of stages.chunks.sent.splice(0))
      waiting.push({ body, dueMs: nowMs + 1000 * delaySeconds });
    waiting.sort((a, b) => a.dueMs - b.dueMs);
  };
  for (arrive(); waiting.length + busy.length > 0; arrive()) {
    const isDue = waiting.length > 0 && waiting[0]!.dueMs <= nowMs;
    if (isDue && idle.length > 0) {
      const at = chosen === "any" ? Math.floor(random() * idle.length) : idle.length - 1;
      const environment = idle.splice(at, 1)[0]!;
      const { spending, asked } = environment;
      stages.spending = spending;
      deliveries++;
      const { body } = waiting.shift()!;
      const outcome = await asked.during(() => stages.work(body));
      if (outcome.waits) waits++;
      const ms = outcome.waits || outcome.cancelled ? 5 : messageMs;
      spending.ended(ms);
      busy.push({ environment, untilMs: nowMs + ms });
      continue;
    }
    const next = [...busy.map(({ untilMs }) => untilMs), ...(isDue ? [] : waiting.map(({ dueMs }) => dueMs))];
    nowMs = Math.max(nowMs, Math.min(...next));
    for (let k = busy.length - 1; k >= 0; k--)
      if (busy[k]!.untilMs <= nowMs) idle.push(...busy.splice(k, 1).map(({ environment }) => environment));
  }
  return { seconds: nowMs / 1000, deliveries, waits };
}
