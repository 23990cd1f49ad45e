import type { ChildProcess } from "node:child_process";
import { describeError, InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import type { Bench } from "./bench.ts";
import { CHECKS } from "./checks.ts";
import { expectDone } from "./chunk-checks.ts";
import { expectThat, FailedCheck } from "./failed-check.ts";
import { onRedis } from "./on-redis.ts";
import { onSqs } from "./on-sqs.ts";

export interface Result {
  readonly check: string;
  readonly about: string;
  /** What was expected and what the worker did; undefined where it passed. */
  readonly fault: string | undefined;
}

export interface ConformOptions {
  /** Names of checks; all where it is absent. */
  readonly only?: readonly string[] | undefined;
  /** On a Redis in place of SQS and S3. */
  readonly isOnRedis?: boolean | undefined;
  /** How long a worker may take for a message, its start included. */
  readonly seconds: number;
  /** Receives what the worker prints. */
  readonly onOutput: (text: string) => void;
  readonly onResult: (result: Result) => void;
}

/** The last check, of the process itself. */
const STOPS = {
  name: "stops",
  about:
    "SIGTERM with a message in work: that is ended, or handed back at once, and then the worker, with exit code 0",
};
/** About half a second, by compiled kernels too. */
const LONG = {
  ...{ kernel: "double-pendulum", chunk: [40, 40] },
  inputs: {
    ...{ angle2: { from: -1, to: 1, count: 40 }, angle1: { from: -1, to: 1, count: 40 } },
    duration: 60,
  },
};

/** An object that cannot be used, which S3 alone has. */
const POISON = "poison";
const checksOn = (isOnRedis: boolean) => CHECKS.filter(({ name }) => !(isOnRedis && name === POISON));

/** What can be checked, in the order in which it is. */
export const checkNames = (isOnRedis = false): { readonly name: string; readonly about: string }[] => [
  ...checksOn(isOnRedis),
  STOPS,
];

/**
 * Starts the command as a worker on an SQS and an S3 of its own, or a Redis, and has it go through the checks; whether it passed all. Throws
 * InvalidInputError for a name that is no check, and for a command that cannot be started.
 */
export async function conform(command: readonly string[], options: ConformOptions): Promise<boolean> {
  const { only, isOnRedis = false, seconds } = options;
  const checks = checksOn(isOnRedis);
  const chosen = chosenOf(only, [...checks, STOPS]);
  return (isOnRedis ? onRedis : onSqs)(command, options, async ({ bench, worker }) => {
    let isRight = true;
    const note = async (check: { name: string; about: string }, run: () => Promise<void>) => {
      const fault = await run().then(() => undefined, faultOf);
      options.onResult({ check: check.name, about: check.about, fault });
      isRight &&= fault === undefined;
    };
    for (const check of checks.filter(({ name }) => chosen.has(name)))
      await note(check, () => check.run(bench));
    if (chosen.has(STOPS.name)) await note(STOPS, () => expectToStop(worker, bench, seconds));
    return isRight;
  });
}

function chosenOf(
  only: readonly string[] | undefined,
  checks: readonly { name: string }[],
): ReadonlySet<string> {
  const names = checks.map(({ name }) => name);
  for (const name of only ?? [])
    if (!names.includes(name))
      throw new InvalidInputError("--only", `some of ${names.join(", ")}`, show(name));
  return new Set(only ?? names);
}

function faultOf(error: unknown): string {
  if (error instanceof InvalidInputError) throw error;
  return error instanceof FailedCheck ? error.message : describeError(error);
}

async function expectToStop(worker: ChildProcess, bench: Bench, seconds: number): Promise<void> {
  expectThat(
    worker.exitCode === null && worker.signalCode === null,
    "a worker that is at work",
    "one that has ended",
  );
  const ended = new Promise<string>((resolve) => {
    worker.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    setTimeout(() => resolve(`none within ${2 * seconds} s`), 2 * 1000 * seconds).unref(); // with the message
  });
  const job = await bench.job(LONG);
  const seen = await bench.give(job.message([0]), 1, () => worker.kill("SIGTERM"));
  if (seen.pauseSeconds !== 0) await expectDone(seen, job, [0]);
  const how = await ended;
  expectThat(how === "exit code 0", "an end with exit code 0", how);
}
