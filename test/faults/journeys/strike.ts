/** What an incident of each kind does to a leg of a journey, and how the leg must end. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT_CODES } from "../../../cli/terminal/exit-codes.ts";
import { Client, isClaimed, MAIN, signal, stop, storedIn } from "./client.ts";
import { fillDisk } from "./disk.ts";
import type { EngineName, Incident, Moment } from "./draw-journey.ts";
import type { IncidentKind } from "./incidents.ts";
import { CHUNKS, JOB_ID, JOBS } from "./journey-jobs.ts";
import { summaryIn } from "./oracle.ts";
import { impossibleHere } from "./possible.ts";
import type { Road } from "./road.ts";
import { damageFolder, spoilChunk } from "./spoil.ts";

type Of<Kind extends IncidentKind> = Extract<Incident, { readonly kind: Kind }>;
type Strike<Kind extends IncidentKind> = (
  road: Road,
  engine: EngineName,
  incident: Of<Kind>,
) => Promise<unknown>;

const CLOCK = join(import.meta.dirname, "clock.mjs");
const BURST = join(import.meta.dirname, "burst.ts");
/** Where it was ended before anything was stored there is nothing to go on with. */
const SAYS_HOW = /manyhands resume |before anything was stored/;
const STOPPED_MS = 300;
/** A cancellation is seen within a second, and this share of the job takes longer. */
const LACKING = 2 / 3;
const { cancelled: CANCELLED, interrupted: INTERRUPTED } = EXIT_CODES;
/** unshare ends with 1 where what it started was killed. */
const KILLED = [null, 1];

export const STRIKES: { readonly [Kind in IncidentKind]: Strike<Kind> } = {
  "client killed": (road, engine, { at }) => kill(road, road.start(engine), at),
  "client killed in a container": (road, engine, { at }) =>
    kill(road, road.start(engine, { inContainer: true }), at),

  "two clients": async (road, engine, { at, inContainer }) => {
    const isPossible = !impossibleHere().has("client killed in a container");
    const first = road.start(engine, { inContainer: inContainer && isPossible });
    if (await first.reaches(at)) {
      // It stays at the job, whatever the second one is told; unless it had finished the job by then.
      await stop(first.pid);
      if (isClaimed(road.folder)) {
        road.strike();
        const second = road.start("serial");
        await road.expectEnd(second, [2], /nobody is computing/);
      }
      signal(first.pid, "SIGCONT");
    }
    await road.expectEnd(first, [0]);
  },

  "signal to the client": async (road, engine, { at, signal: name }) => {
    const client = road.start(engine);
    if (!(await client.reaches(at))) return road.expectEnd(client, [0]);
    road.strike();
    signal(client.pid, name);
    if (name === "SIGSTOP") {
      await sleep(STOPPED_MS);
      signal(client.pid, "SIGCONT");
      return road.expectEnd(client, [0]);
    }
    // Before it listens a signal ends it as it ends any process, and so does Ctrl-C just before and after a chunk of the
    // engine `serial` (docs/decisions/engines.md).
    const mayBeUnheard = at.stored === undefined || (engine === "serial" && name === "SIGINT");
    const { code, stderr } = await road.expectEnd(client, [INTERRUPTED, 0, null]);
    // Nor does it listen any more once the job is over.
    const isOver = () => storedIn(road.folder) === CHUNKS[road.journey.job];
    if (code === null && !mayBeUnheard && !isOver()) road.problem("was ended by a signal that it listens to");
    if (code === INTERRUPTED && !SAYS_HOW.test(stderr)) road.problem("did not say how it goes on");
  },

  "signal to a slot": async (road, engine, { at, signal: name, stage }) => {
    const client = road.start(engine);
    const isMet = await client.reaches(at);
    const [slot] = client.slots(stage);
    if (isMet && slot !== undefined) {
      road.strike();
      signal(slot.pid, name);
      await sleep(STOPPED_MS);
      if (name === "SIGSTOP") signal(slot.pid, "SIGCONT");
    }
    return road.expectEnd(client, [0]);
  },

  cancelled: async (road, engine, { at }) => {
    const client = road.start(engine);
    if (!(await client.reaches(at))) return road.expectEnd(client, [0]);
    const { ended } = await new Client([MAIN, "cancel", JOB_ID], { cwd: road.cwd }).end();
    const lacking = CHUNKS[road.journey.job] - storedIn(road.folder);
    road.tell(
      `cancel ended with ${ended.code}, while ${lacking} chunks lacked: ${ended.stdout}${ended.stderr}`,
    );
    // Nothing to cancel: it has not begun, or has ended.
    if (ended.code !== 0) return road.expectEnd(client, [0]);
    road.strike();
    const mustStop = lacking >= LACKING * CHUNKS[road.journey.job];
    const { code } = await road.expectEnd(client, mustStop ? [CANCELLED] : [CANCELLED, 0]);
    const state = summaryIn(road.folder)?.state;
    const expected = code === 0 ? "complete" : "cancelled";
    if (state !== expected) road.problem(`state ${state} instead of ${expected}`);
  },

  "clock stepped": async (road, engine, { afterMs, byMs }) => {
    const env = {
      NODE_OPTIONS: `--import=${CLOCK}`,
      CLOCK_STEPPED_AT: `${Date.now() + afterMs}`,
      CLOCK_STEPPED_BY: `${byMs}`,
    };
    const client = road.start(engine, { env });
    if (await client.reaches({ afterMs })) road.strike();
    return road.expectEnd(client, [0]);
  },

  "chunk unreadable": spoilChunk,
  "folder damaged": damageFolder,
  "disk full": fillDisk,

  "drainer killed": async (road, _, { at }) => {
    const client = new Client([BURST, JSON.stringify(JOBS[road.journey.job]), road.folder], road);
    if (await client.reaches(at)) {
      road.strike();
      // All but one of them drain; of two at least one does.
      for (const { pid } of client.slots("worker").slice(0, 2)) signal(pid, "SIGKILL");
    }
    return road.expectEnd(client, [0]);
  },
};

async function kill(road: Road, client: Client, at: Moment): Promise<void> {
  if (await client.reaches(at)) {
    road.strike();
    // They hear of it no more than one that is in the middle of a chunk; idle ones do hear of it.
    for (const worker of client.slots("worker").filter(({ name }) => hasWorked(road.folder, name)))
      signal(worker.pid, "SIGSTOP");
    signal(client.pid, "SIGKILL");
    await road.expectEnd(client, [...KILLED, 0]);
  } else await road.expectEnd(client, [0]);
}

/** It says so in its log, message by message. */
function hasWorked(folder: string, slot: string): boolean {
  return (statSync(join(folder, `logs/${slot}.log`), { throwIfNoEntry: false })?.size ?? 0) > 0;
}
