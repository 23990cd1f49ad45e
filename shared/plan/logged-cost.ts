/** A job's cost by the platform's log, where its reports gave one before. Pure. */
import { STAGES, type Stage } from "../build/bundling.ts";
import type { Cost, Usage } from "../record/cost.ts";
import { costOf, gbSecondsOf, type StageUsages, type Tariff } from "./bill.ts";

/** What the log has of a stage. */
export interface Logged {
  readonly invocations: number;
  readonly billedMs: number;
  readonly memoryMb: number;
  readonly logBytes: number;
}

/** Requests as AWS counted them; those of S3 are absent where the bucket has no request metrics. */
export interface Counted {
  /** Deliveries of messages beyond the first, each a receive. */
  readonly redelivered: number;
  readonly put?: number | undefined;
  readonly get?: number | undefined;
}

/**
 * Invocations, their time and their logs are the log's, requests the reports'. What was counted beyond them is the workers': they
 * alone repeat what was begun.
 */
export function loggedCost(
  reported: Cost,
  logged: Readonly<Record<Stage, Logged>>,
  prices: Tariff["prices"],
  counted: Counted = { redelivered: 0 },
): Cost {
  const { architecture, memoryMb } = reported;
  const stage = (name: Stage): StageUsages[Stage] => {
    const { invocations, billedMs, memoryMb: ownMb, logBytes } = logged[name];
    const { requests } = reported.byStage[name];
    return {
      gbSeconds: gbSecondsOf(billedMs, ownMb),
      requests: { ...(name === "worker" ? withCounted(reported, counted) : requests), lambda: invocations },
      ...{ logBytes, basis: "logged" },
    };
  };
  const [splitter, worker, aggregator] = STAGES.map(stage);
  return costOf(
    { splitter: splitter!, worker: worker!, aggregator: aggregator! },
    {
      ...{ architecture, memoryMb: logged.worker.memoryMb || memoryMb, prices },
    },
  );
}

function withCounted({ byStage }: Cost, { redelivered, put, get }: Counted): Usage["requests"] {
  const { splitter, worker, aggregator } = byStage;
  const left = (kind: "put" | "get", counted: number | undefined) =>
    counted === undefined
      ? worker.requests[kind]
      : Math.max(0, counted - splitter.requests[kind] - aggregator.requests[kind]);
  return {
    ...{ ...worker.requests, sqs: worker.requests.sqs + redelivered },
    ...{ put: left("put", put), get: left("get", get) },
  };
}
