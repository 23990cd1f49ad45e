import { cellBytes } from "../../shared/array/spec.ts";
import {
  billedMs,
  billedRequests,
  costOf,
  gbSecondsOf,
  logBytesOf,
  type StageUsages,
} from "../../shared/plan/bill.ts";
import { requestsOf, spentFor, timingOf } from "../../shared/plan/requests.ts";
import { INIT_MS, waitedMs } from "../../shared/plan/stage-times.ts";
import type { Cost, Usage } from "../../shared/record/cost.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { Requests } from "../../shared/record/plan.ts";
import type { Billing } from "../billing.ts";
import type { Ledger } from "./ledger.ts";

/**
 * What a job cost by its reports: the workers' invocations as they say, requests by the formulas of the plan. The splitter's
 * and the aggregator's own seconds are predicted: an aggregator cannot report its last invocation.
 */
export function reportedCost(
  job: StoredJob,
  ledger: Ledger,
  { architecture, memoryMb: ownMb, prices }: Billing,
  taken = 0,
): Cost {
  const { invocations, layout, history } = ledger;
  const { reports, largeUnits, environments, count, memoryMb = ownMb } = invocations;
  const chunks = ledger.reported.reduce((sum, each) => sum + each, 0);
  // The mapping hands over a message an invocation, which makes several reports only where they are large. A worker that takes several
  // messages was started by a splitter.
  const drainers = count < reports && largeUnits < reports ? count : 0;
  const messages = drainers > 0 ? reports : count;
  const sent = {
    ...{ chunks, messages, reports, withoutTile: ledger.withoutTile.size, drainers },
    ...{ round: 0, again: false, arrayBytes: layout.elements * cellBytes(job.spec) },
  };
  const batches = Math.max(1, history.batches ?? 1);
  const requests = requestsOf(job, sent, {
    ...timingOf(sent, { workers: environments, makespanSeconds: busySeconds(invocations) }),
    batches,
    ...(job.maxUsd !== undefined && { spent: spentFor(taken, environments) }),
  });
  const rounds = 1 + ledger.round;
  const alone = (ms: number, of: Requests): Usage => ({
    gbSeconds: gbSecondsOf(billedMs(ms), ownMb),
    requests: billedRequests(of),
    logBytes: logBytesOf({ invocations: of.invocations, messages: 0, chunks: 0 }),
  });
  const { splitter, worker, aggregator } = requests;
  const stages: StageUsages = {
    splitter: {
      ...alone(rounds * (INIT_MS + waitedMs(splitter)), times(rounds, splitter)),
      basis: "predicted",
    },
    worker: {
      gbSeconds: gbSecondsOf(invocations.billedMs, memoryMb),
      requests: billedRequests({ ...worker, invocations: count }, largeUnits),
      logBytes: logBytesOf({ invocations: count, messages, chunks }),
      basis: "reported",
    },
    aggregator: { ...alone(INIT_MS + waitedMs(aggregator), aggregator), basis: "predicted" },
  };
  return costOf(stages, { architecture, memoryMb, prices });
}

function times(factor: number, requests: Requests): Requests {
  const { invocations, send, receive, delete: deleted, depth, put, get, list } = requests;
  return {
    ...{ invocations: factor * invocations, send: factor * send, receive: factor * receive },
    ...{ delete: factor * deleted, depth: factor * depth, put: factor * put, get: factor * get },
    list: factor * list,
  };
}

/** How long an environment worked, on average: so often it asked whether the job is cancelled. */
const busySeconds = ({ billedMs: ms, environments }: Ledger["invocations"]) =>
  environments === 0 ? 0 : ms / environments / 1000;
