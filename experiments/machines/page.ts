import type { Page } from "../measuring/page.ts";
import { spread } from "../measuring/statistics.ts";
import { tableOf } from "../measuring/table.ts";

export type Case = "cable" | "power" | "machine" | "redis" | "later" | "poison" | "cancelled";

/** One time that it was played. */
export interface Outcome {
  readonly seconds: number;
  /** Until the job's end, where that has to come by itself. */
  readonly endSeconds?: number;
  /** Each job that should be whole was, with its sum, and the others ended as they should. */
  readonly isRight: boolean;
  /** Why it was not played to its end, `seconds` after its beginning. */
  readonly trouble?: string;
}

export interface Results {
  /** Processes that wanted to run (the mean of a minute), before each case and after the last. */
  readonly loads: readonly number[];
  readonly outcomes: Readonly<Record<Case, readonly Outcome[]>>;
}

interface Told {
  readonly happens: string;
  readonly until: string;
  /** Seconds. */
  readonly promised?: number;
}

const CASES: Readonly<Record<Case, Told>> = {
  cable: {
    happens: "the hub's cable is out for 20 s",
    until: "it is in again, until both machines have done a chunk",
    promised: 2,
  },
  power: {
    happens: "the hub has no power for 3 s",
    until: "it has power again, until both machines have done a chunk",
    promised: 5,
  },
  machine: {
    happens: "a machine at work has no power any more",
    until: "then, until the other one has done what it held",
    promised: 35,
  },
  redis: {
    happens: "the Redis is killed and started again",
    until: "its start, until both machines have done a chunk",
    promised: 5,
  },
  later: {
    happens:
      "a job is submitted with no machine there, the Redis is killed and started again, and machines come 8 hours later by their clocks",
    until: "the machines' start, until the job is fetched",
  },
  poison: {
    happens: "a message that is none, and a job of which a chunk throws",
    until: "that job's start, until it ends with 3 of 4 chunks",
  },
  cancelled: {
    happens: "two clients post a job each, and one is cancelled",
    until: "`cancel`, until the other job is whole",
  },
};

export function page({ loads, outcomes }: Results): Page {
  const names = (Object.keys(CASES) as Case[]).filter((name) => outcomes[name].length > 0);
  const played = names.flatMap((name) => outcomes[name]);
  const late = names.filter((name) =>
    outcomes[name].some(({ seconds }) => seconds > (CASES[name].promised ?? Number.POSITIVE_INFINITY)),
  );
  const slowest = (name: Case) => Math.max(...outcomes[name].map(({ seconds }) => seconds)).toFixed(2);
  const troubles = played.flatMap(({ trouble = [] }) => trouble);
  const right = played.filter(({ isRight }) => isRight).length;
  return {
    answer: `Two machines are at work again ${slowest("cable")} s after a cable cut of 20 s and ${slowest("power")} s after a power cut of their hub at most, what a dead machine held is done after ${slowest("machine")} s, and ${right} of ${played.length} times every job ended as it should.${late.length > 0 ? ` Later than promised: ${late.join(", ")}.` : ""}`,
    about: `A hub with \`redis-server --appendonly yes\`, two machines with \`manyhands worker --workers 1\`, and a client, each in a network namespace of its own with a cable to the hub: so it takes root. All are processes of one machine, whose load was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} meanwhile. A machine without power has its line go silent before its processes are killed and its namespace is removed; what its kernel had written but not yet put on a disk is not lost here, as it could be there.

- A job that should be whole counts as right where its sum is that of engine serial (the default job's: 51,214,485) and no chunk failed.
- What a dead machine held goes to others 30 s after it last said that it is at work on it.
- The clocks of the machines and of the client that fetches are set by libfaketime. The Redis has the true time: Debian's does not start under libfaketime.
- A message that kills the process which works on it is in \`test/slow\`, not here.${troubles.map((trouble) => `\n- Not played to its end: ${trouble}`).join("")}`,
    tables: [
      tableOf("Seconds, median (least to most)", names, {
        "what happens": (name) => CASES[name].happens,
        from: (name) => CASES[name].until,
        promised: (name) => CASES[name].promised ?? "",
        took: (name) =>
          spread(
            outcomes[name].map(({ seconds }) => seconds),
            2,
          ),
        ...(played.some(({ endSeconds }) => endSeconds !== undefined) && {
          "until the job's end": (name: Case) => {
            const ends = outcomes[name].flatMap(({ endSeconds = [] }) => endSeconds);
            return ends.length > 0 ? spread(ends, 2) : "";
          },
        }),
        "as it should be": (name) =>
          `${outcomes[name].filter(({ isRight }) => isRight).length} of ${outcomes[name].length}`,
      }),
    ],
  };
}
