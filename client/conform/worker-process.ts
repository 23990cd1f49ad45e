import { type ChildProcess, spawn } from "node:child_process";
import { DEFAULT_RETRY_AFTER_SECONDS, ENV } from "../../shared/validation/env.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { FailedCheck } from "./failed-check.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Runs `use` with the command as a worker, and a promise that rejects when that ends. */
export async function withWorker(
  command: readonly string[],
  environment: Environment,
  onOutput: (text: string) => void,
  use: (worker: ChildProcess, ended: Promise<never>) => Promise<boolean>,
): Promise<boolean> {
  const worker = start(command, environment, onOutput);
  const ended = endOf(worker, command);
  ended.catch(() => {});
  try {
    return await use(worker, ended);
  } finally {
    worker.kill("SIGKILL");
  }
}

function start(
  [program = "", ...rest]: readonly string[],
  environment: Environment,
  onOutput: (text: string) => void,
) {
  const worker = spawn(program, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...environment,
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
