/** Workers of Python on this machine for a Redis, by the interpreter that loaded a kernel's file. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { RedisPlace } from "../../shared/ports/redis/redis-url.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { pythonEnvironment } from "../../tools/kernels/python.ts";
import { awsSettings } from "../cloud/aws-settings.ts";
import { endWithUs } from "../local/guard.js";

export interface InPythonOptions {
  readonly interpreter: string;
  readonly name: string;
  readonly workers: number;
  /** What `--store` said; without it Redis itself. */
  readonly store?: string | undefined;
  /** Aborted: they take no more messages, and end when those at work are done. */
  readonly signal: AbortSignal;
}

/**
 * Takes messages until the signal is aborted, and computes what jobs bring along, of any file. Ends with this process, however that ends. Throws
 * InvalidInputError where they end by themselves, or never start.
 */
export async function standByInPython(place: RedisPlace, options: InPythonOptions): Promise<void> {
  const { interpreter, name, workers, store, signal } = options;
  // Without --store they would take the bucket that the user's environment may name for something else.
  const hands = ["--name", name, "--workers", `${workers}`, "--allow-uploads"];
  const places = ["--queue", place.shown, "--store", store ?? "redis"];
  const child = spawn(interpreter, ["-m", "manyhands", "worker", ...hands, ...places], {
    stdio: ["ignore", "ignore", "pipe"],
    // A session of its own: Ctrl-C is for this process, which says when they end.
    detached: true,
    env: {
      ...pythonEnvironment(),
      ...awsSettings(),
      // Not in a list of processes.
      ...(place.password !== undefined && { REDIS_PASSWORD: place.password }),
    },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = text.trim().split("\n").at(-1) || said;
  });
  const ended = once(child, "close") as Promise<[number | null, string | null]>;
  ended.catch(() => {}); // it rejects, too, where the interpreter never starts
  await once(child, "spawn").catch(({ message }: Error) => {
    const which = `the interpreter ${printable(interpreter)}`;
    throw new InvalidInputError(which, "a program that starts", message);
  });
  const released = endWithUs(-(child.pid as number));
  const drain = () => void child.kill("SIGTERM");
  signal.addEventListener("abort", drain);
  if (signal.aborted) drain();
  const [code, by] = await ended;
  signal.removeEventListener("abort", drain);
  await released();
  if (signal.aborted) return;
  throw new InvalidInputError(
    `the workers of ${printable(interpreter)}`,
    "at work until their job has ended",
    `their end by ${by ?? `exit code ${code}`} (${printable(said)})`,
  );
}
