/** What a plan will cost, where it is known for how long each stage runs. Pure. */
import type { Stage } from "../build/bundling.ts";
import type { Plan } from "../record/plan.ts";
import { billedMs, billedRequests, costOf, gbSecondsOf, logBytesOf, type Tariff } from "./bill.ts";

/** `seconds` are those that all invocations of a stage take together; splitter and aggregator have `ownMemoryMb`. */
export function predictedUsd(
  { requests, chunks, messages }: Plan,
  tariff: Tariff,
  ownMemoryMb: number,
  seconds: Readonly<Record<Stage, number>>,
): number {
  const used = (
    stage: Stage,
    memoryMb: number,
    items: { readonly messages: number; readonly chunks: number },
  ) => ({
    gbSeconds: gbSecondsOf(billedMs(1000 * seconds[stage]), memoryMb),
    requests: billedRequests(requests[stage]),
    logBytes: logBytesOf({ invocations: requests[stage].invocations, ...items }),
    basis: "predicted" as const,
  });
  const none = { messages: 0, chunks: 0 };
  return costOf(
    {
      splitter: used("splitter", ownMemoryMb, none),
      worker: used("worker", tariff.memoryMb, { messages, chunks }),
      aggregator: used("aggregator", ownMemoryMb, none),
    },
    tariff,
  ).usd;
}
