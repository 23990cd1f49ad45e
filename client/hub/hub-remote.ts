/** Jobs of queues and a store without a stack: splitter and aggregator are in whichever process is there. */
import { setTimeout as sleep } from "node:timers/promises";
import { isIdle } from "../../shared/ports/queue.ts";
import { describeError, ManyhandsError } from "../../shared/validation/errors.ts";
import type { Faults, Remote } from "../remote/remote.ts";
import { StageError } from "../remote/stage-error.ts";
import { beginAggregating } from "../standing/aggregator-role.ts";
import { KeptObjects } from "./kept-objects.ts";
import { type JobHub, stagesOn } from "./stages.ts";

/** Looking costs nothing here. */
const PAUSES = { first: 50, usual: 250, longest: 1000 };
/** Counts are exact; between two messages a worker has none. */
const COUNTED_MS = 2_000;
/** To give back what was received. */
const GRACE_MS = 1_000;
const DEAD_AT_ONCE = 100;
const POLL_MS = 250;
const NOT_MEASURED =
  "No peak was measured: the workers of these queues stand by for all jobs, and none of their memory is one job's.";
const LONGEST_POLLS = 240;

/** What a hub's jobs are handed to, but for what only its adapter knows. */
export function hubRemote(
  hub: JobHub,
  shown: string,
  faults: Faults,
): Omit<Remote, "site" | "kernels" | "unattended"> {
  const { chunks, results, deadChunks } = hub;
  const stages = stagesOn(hub);
  const { aggregate } = stages;
  const attend = () => beginAggregating({ results, deadChunks, aggregate, longestPollMs: POLL_MS });
  const inStage = async <Result>(stage: string, action: () => Promise<Result>): Promise<Result> => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ManyhandsError) || faults.mayPass(error)) throw error;
      throw new StageError(stage, error.name, describeError(error));
    }
  };
  return {
    ...faults,
    engine: "redis",
    name: shown,
    store: new KeptObjects(hub.store, shown),
    pauses: PAUSES,
    graceMs: GRACE_MS,
    countedMs: COUNTED_MS,
    async queues() {
      const [ofChunks, ofResults] = await Promise.all([chunks.depth(), results.depth()]);
      return { chunks: ofChunks, results: ofResults };
    },
    submit: (request) => inStage("splitter", () => stages.split(request)),
    check: (check) => inStage("aggregator", () => stages.check(check)),
    redeliver: () => redeliver(hub, attend),
    cost: async () => undefined,
    memory: async () => ({ peaks: {}, basis: NOT_MEASURED }),
    attend,
  };
}

/** Sends dead reports once more, and aggregates what there is. */
async function redeliver(
  { results, deadResults }: JobHub,
  attend: () => () => Promise<void>,
): Promise<number> {
  let moved = 0;
  for (;;) {
    const dead = await deadResults.receive(DEAD_AT_ONCE, 0);
    if (dead.length === 0) break;
    moved += await results.send(dead.map(({ body }) => body));
    await deadResults.acknowledge(dead);
  }
  const end = attend();
  try {
    for (let polls = 0; polls < LONGEST_POLLS && !isIdle(await results.depth()); polls++)
      await sleep(POLL_MS);
  } finally {
    await end();
  }
  return moved;
}
