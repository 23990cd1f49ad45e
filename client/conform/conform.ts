import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { DEFAULT_RETRY_AFTER_SECONDS, ENV, MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { describeError, InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { startBuiltCloud } from "../local/built-cloud.ts";
import type { LocalCloud } from "../local/local-cloud.ts";
import { Bench } from "./bench.ts";
import { CHECKS } from "./checks.ts";
import { expectDone } from "./chunk-checks.ts";
import { expectThat, FailedCheck } from "./failed-check.ts";
import { Gate } from "./gate.ts";

/** Long enough that no message comes again while a check looks at it. */
const VISIBILITY_SECONDS = 3600;

export interface Result {
  readonly check: string;
  readonly about: string;
  /** What was expected and what the worker did; undefined where it passed. */
  readonly fault: string | undefined;
}

export interface ConformOptions {
  /** Names of checks; all where it is absent. */
  readonly only?: readonly string[] | undefined;
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
/** Some tenths of a second, all of it within the set. */
const LONG = {
  ...{ kernel: "mandelbrot", chunk: [40, 40] },
  inputs: {
    ...{
      y: { from: -0.1, to: 0.1, count: 40 },
      x: { from: -0.1, to: 0.1, count: 40 },
      maxIterations: 20_000,
    },
  },
};

/** What can be checked, in the order in which it is. */
export const checkNames = (): { readonly name: string; readonly about: string }[] => [...CHECKS, STOPS];

/**
 * Starts the command as a worker on an SQS and an S3 of its own, and has it go through the checks; whether it passed all. Throws
 * InvalidInputError for a name that is no check, and for a command that cannot be started.
 */
export async function conform(command: readonly string[], options: ConformOptions): Promise<boolean> {
  const chosen = chosenOf(options.only);
  const { emulator } = await ensureBundles();
  const folder = mkdtempSync(join(tmpdir(), "manyhands-conform-"));
  const gate = new Gate();
  let bench: Bench | undefined;
  const cloud = await startBuiltCloud(
    emulator,
    {
      folder: new Folder({ "": folder }),
      visibilityTimeoutSeconds: VISIBILITY_SECONDS,
      maxReceiveCount: MAX_RECEIVE_COUNT,
      onAnswered: (request) => bench?.onAnswered(request),
    },
    gate.intercept,
    true,
  );
  let worker: ChildProcess | undefined;
  try {
    worker = start(command, cloud, options.onOutput);
    const ended = endOf(worker, command);
    ended.catch(() => {});
    bench = new Bench(cloud, new FileStore({ "": folder }), gate, ended, options.seconds);
    let isRight = true;
    const note = async (check: { name: string; about: string }, run: () => Promise<void>) => {
      const fault = await run().then(() => undefined, faultOf);
      options.onResult({ check: check.name, about: check.about, fault });
      isRight &&= fault === undefined;
    };
    for (const check of CHECKS.filter(({ name }) => chosen.has(name)))
      await note(check, () => check.run(bench!));
    if (chosen.has(STOPS.name)) await note(STOPS, () => expectToStop(worker!, bench!, options.seconds));
    return isRight;
  } finally {
    worker?.kill("SIGKILL");
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function chosenOf(only: readonly string[] | undefined): ReadonlySet<string> {
  const names = checkNames().map(({ name }) => name);
  for (const name of only ?? [])
    if (!names.includes(name))
      throw new InvalidInputError("--only", `some of ${names.join(", ")}`, show(name));
  return new Set(only ?? names);
}

function faultOf(error: unknown): string {
  if (error instanceof InvalidInputError) throw error;
  return error instanceof FailedCheck ? error.message : describeError(error);
}

function start(
  [program = "", ...rest]: readonly string[],
  cloud: LocalCloud,
  onOutput: (text: string) => void,
) {
  const { endpoint, region, credentials, bucket, queues } = cloud;
  const worker = spawn(program, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      // The user's own settings are meant for AWS.
      ...{
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        AWS_PROFILE: undefined,
        AWS_SESSION_TOKEN: undefined,
      },
      [ENV.bucket]: bucket,
      [ENV.chunkQueueUrl]: queues.chunks.url,
      [ENV.resultQueueUrl]: queues.results.url,
      [ENV.retryAfterSeconds]: `${DEFAULT_RETRY_AFTER_SECONDS}`,
    },
  });
  for (const stream of [worker.stdout, worker.stderr])
    stream.on("data", (text: Buffer) => onOutput(text.toString()));
  return worker;
}

/** Rejects when the process ends: with InvalidInputError where it could not be started. */
function endOf(worker: ChildProcess, [program]: readonly string[]): Promise<never> {
  return new Promise((_, reject) => {
    worker.once("error", ({ message }) =>
      reject(
        new InvalidInputError(
          "the command",
          "a program that starts a worker",
          `${show(program)} (${message})`,
        ),
      ),
    );
    worker.once("exit", (code, signal) =>
      reject(new FailedCheck(`Expected the worker to go on, it ended (${signal ?? `exit code ${code}`}).`)),
    );
  });
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
