/** A job scheduled message by message, to see what the model's closed form leaves out. Pure. */
import { type Configuration, OWN_MEMORY_MB } from "../../shared/plan/configurations.ts";
import { MAPPING_RAMP } from "../../shared/plan/mapping-ramp.ts";
import { packRound, planFleet } from "../../shared/plan/plan.ts";
import { flowOf, startSeconds } from "../../shared/plan/predict-deployed.ts";
import { INVOKES_PER_SECOND } from "../../shared/plan/ramp.ts";
import { REQUEST_MS, STORES_AT_ONCE } from "../../shared/plan/stage-times.ts";
import { DEFAULT_WORKERS, MB_PER_VCPU } from "../../shared/plan/workers.ts";
import { type Ramp, simulate } from "../balance/model.ts";
import { sum } from "../measuring/statistics.ts";
import { type Cut, PRICES } from "./simulated.ts";

/** From the first message to the last (s). */
export interface Scheduled {
  readonly model: number;
  /** Each message goes to the worker that is free first. */
  readonly scheduled: number;
}

/** For workers of one vCPU, whose threads need no model. */
export function schedule(
  { job, kernel, work, cost }: Cut,
  { architecture, fleet, burst }: Omit<Configuration, "memoryMb">,
): Scheduled {
  const memoryMb = MB_PER_VCPU;
  const cap = { burst, mapping: fleet - burst };
  const measured = { ...job, computeSeconds: cost.seconds.expected };
  const packed = packRound(measured, kernel, { ...DEFAULT_WORKERS, memoryMb }, undefined, work);
  const { figures, ramp, drainers, bodies } = planFleet(packed, { cap });
  const tariff = { architecture, memoryMb, prices: PRICES };
  const deployed = { cap, ramp, ownMemoryMb: OWN_MEMORY_MB, tariff };
  const { seconds: model } = flowOf(figures, cost.seconds.expected, deployed);

  const messages = Array.from(bodies, (body) => (JSON.parse(body) as { chunks: number[] }).chunks);
  const perUnit = cost.seconds.expected / sum(work);
  const chunkSeconds = work.map((units) => perUnit * units + REQUEST_MS / 1000 / STORES_AT_ONCE);
  const begins: Ramp = ramp === "burst" ? afterBurst(drainers, cap.mapping) : asMapped(cap.mapping);
  const { makespanSeconds } = simulate(chunkSeconds, messages, {
    workers: Math.min(fleet, messages.length),
    ramp: (worker) => begins(worker) + startSeconds(memoryMb),
    messageSeconds: REQUEST_MS / 1000,
  });
  return { model, scheduled: makespanSeconds };
}

function asMapped(most: number): Ramp {
  const { first, perSecond } = MAPPING_RAMP;
  return (worker) =>
    worker < most ? Math.max(0, (worker + 1 - first) / perSecond) : Number.POSITIVE_INFINITY;
}

/** The mapping's come as they do beside those that were started. */
function afterBurst(started: number, mapping: number): Ramp {
  const mapped = asMapped(mapping);
  return (worker) => (worker < started ? worker / INVOKES_PER_SECOND : mapped(worker - started));
}
