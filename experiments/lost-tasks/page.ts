import type { Page } from "../measuring/page.ts";
import { columnsFor, tableOf } from "../measuring/table.ts";
import { type Kill, SYSTEMS, type System } from "./systems.ts";

/** What became of the tasks after a worker was killed. */
export interface Outcome {
  readonly name: string;
  readonly kill: Kill;
  /** Different tasks that were done, of ten. */
  readonly done: number;
  /** How often one was. */
  readonly runs: number;
  /** From the kill to the last task; null where some never were. */
  readonly seconds: number | null;
}

export interface Results {
  readonly patienceSeconds: number;
  readonly outcomes: readonly Outcome[];
}

const TASKS = 10;
const KILLS = ["process", "machine"] as const;
const HEADINGS: Readonly<Record<Kill, string>> = {
  process: "the process that computes is killed",
  machine: "all processes of its worker are",
};

export function page({ patienceSeconds, outcomes }: Results): Page {
  const of = ({ name }: System, kill: Kill) =>
    outcomes.find((outcome) => outcome.name === name && outcome.kill === kill);
  const loses = (system: System) => KILLS.some((kill) => (of(system, kill)?.done ?? TASKS) < TASKS);
  const tried = SYSTEMS.filter((system) => KILLS.some((kill) => of(system, kill)));
  const titles = tried.filter(loses).map(({ title }) => title.replaceAll("*", ""));
  return {
    answer: `Of ten tasks on two workers, one of which is killed, ${tried.length - titles.length} of ${tried.length} ways of handing them out have all done in the end; a task is lost by ${titles.join("; ")}.`,
    about: `Ten tasks of a second each (they sleep) for two workers. Once two are done, a worker that is at work gets SIGKILL: only the process that computes, where a worker has others, or all of its processes, as if its machine were gone. Every task says by a file that it began, and by another one that it is done. The seconds are from the kill to the last task, in one run; one worker alone would need about seven. A task counts as lost where it is not done ${patienceSeconds} s after that. Each system is used as its documentation begins, in \`experiments/lost-tasks/programs\`; rq and Celery a second time with what they offer against it. \`experiments/peers/install.sh\` installs them.

- A system that acknowledges a task before it is done loses it: hotqueue's list has forgotten it, Celery's default too.
- A machine that says nothing counts as dead after a while: manyhands hides a message for 30 s on Redis, BullMQ looks twice 30 s apart, Celery on Redis waits an hour, rq calls the task failed. A process that dies under a parent that lives is known at once.
- A pool in one process waits for ever for the answer of a process that is gone.`,
    tables: [
      tableOf("Tasks done of ten, and seconds from the kill to the last", tried, {
        "": ({ title }) => title,
        ...columnsFor(
          KILLS,
          (kill) => HEADINGS[kill],
          (system, kill) => cell(system, of(system, kill)),
        ),
      }),
    ],
  };
}

function cell({ isOneProcess }: System, outcome: Outcome | undefined): string {
  if (!outcome) return isOneProcess ? "the same" : "all are on one machine";
  const { done, runs, seconds } = outcome;
  if (seconds === null) return `**${done}** of ${TASKS}`;
  const twice = runs > TASKS ? `, ${runs - TASKS} done twice` : "";
  return `${done} of ${TASKS} after ${seconds.toFixed(1)} s${twice}`;
}
