import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";

/** How long each step of a start may take: most modules have no functions that run then. */
const MOST_START_MS = 2000;

/** Runs in a thread, which can be ended whatever it does. */
const PROGRAM = `
  const { parentPort, workerData } = require("node:worker_threads");
  const steps = [
    ["valid", () => (module = new WebAssembly.Module(workerData))],
    ["started", () => (instance = new WebAssembly.Instance(module))],
    ["initialized", () => instance.exports._initialize?.()],
  ];
  let module, instance;
  const isReady = steps.every(([step, run]) => {
    parentPort.postMessage({ step });
    try {
      run();
      return true;
    } catch (error) {
      parentPort.postMessage({ step, failed: error?.message ?? "an exception of its own" });
      return false;
    }
  });
  if (isReady) parentPort.postMessage({ step: "ready" });
`;

interface Told {
  readonly step: "valid" | "started" | "initialized" | "ready";
  readonly failed?: string;
}

const EXPECTED = {
  valid: "a valid WebAssembly module",
  started: "a module that starts",
  initialized: "a module whose `_initialize` returns",
  ready: "a module that starts",
} as const;

/**
 * Starts the module once, in a thread of its own. It imports nothing, so it starts in the same way each time and everywhere.
 * Throws InvalidInputError if the engine refuses it, if its start function traps, or a step does not end within `mostMs`.
 */
export async function startOnce(bytes: Uint8Array, file: string, mostMs = MOST_START_MS): Promise<void> {
  const thread = new Worker(PROGRAM, {
    eval: true,
    workerData: bytes,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 256 },
    stdout: true,
    stderr: true,
  });
  let last: Told = { step: "valid" };
  let late: NodeJS.Timeout | undefined;
  thread.on("message", (told: Told) => {
    last = told;
    clearTimeout(late);
    late = setTimeout(() => void thread.terminate(), mostMs);
    if (told.step === "ready" || told.failed !== undefined) void thread.terminate();
  });
  const died = await once(thread, "exit").then(
    () => undefined,
    (error: Error) => error.message, // out of the thread's memory
  );
  clearTimeout(late);
  if (last.step === "ready") return;
  const received = last.failed ?? died ?? `nothing after ${mostMs / 1000} s`;
  throw new InvalidInputError(file, EXPECTED[last.step], printable(received));
}
