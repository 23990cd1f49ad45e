import { type ChildProcess, fork } from "node:child_process";
import { closeSync } from "node:fs";
import { endWithUs } from "./guard.js";
import { afterRunning } from "./running-time.ts";
import { openLog } from "./slot-log.ts";
import type { Invocation, SlotMessage } from "./slot-process.ts";

/** AWS gives an environment 10 s to load; the same here. */
const INIT_TIMEOUT_MS = 10_000;

export interface SlotOptions {
  /** The function's. Names the slots and their logs: `worker-1`, `worker-2`, … */
  readonly name: string;
  readonly bundle: string;
  /** The built slot-process. */
  readonly program: string;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFolder: string;
  /** Where compiled code is kept, so that later slots start faster. */
  readonly cacheFolder: string;
  /** Further variables of a single slot, by its name. */
  readonly environmentOf?: ((slot: string) => Readonly<Record<string, string>>) | undefined;
  /** Is told of each event just before a slot's process is given it. */
  readonly onDeliver?:
    | ((slot: { readonly name: string; readonly pid: number }, event: unknown) => void)
    | undefined;
}

/** The slot's process ended, or was ended, before it answered. */
export class SlotDiedError extends Error {}

/** The handler threw; `errorType` is its error's name. What it refused for good is refused for good here, too. */
export class HandlerError extends Error {
  readonly errorType: string;
  readonly permanent: boolean;
  constructor({ errorType, errorMessage, permanent }: Extract<SlotMessage, { kind: "error" }>) {
    super(permanent ? errorMessage : `${errorType}: ${errorMessage}`);
    this.errorType = errorType;
    this.permanent = permanent;
  }
}

/** One environment of a function: a process that handles one event at a time. */
export class Slot {
  readonly name: string;
  isUp = false;
  /** Its channel may outlive the process: only this says that nobody will answer any more. */
  death: SlotDiedError | undefined;
  /** Also where it ended instead. */
  readonly started: Promise<void>;
  readonly ended: Promise<void>;
  readonly #onDeliver: SlotOptions["onDeliver"];
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;
  #release: (() => Promise<void>) | undefined;
  #pending: { resolve(message: SlotMessage): void; reject(error: Error): void } | undefined;

  constructor(name: string, options: SlotOptions) {
    this.name = name;
    this.#onDeliver = options.onDeliver;
    this.#child = startProcess(name, options);
    // A process that could not be started at all reports an error and never exits.
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    this.#child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
    this.#child.on("error", ({ message }) => this.#child.pid === undefined && end(message));
    this.ended = ended.then(() => this.#release?.());
    this.#ready = new Promise((resolve, reject) => {
      const callOff = afterRunning(INIT_TIMEOUT_MS, () => void this.kill());
      this.#child.once("message", () => {
        callOff();
        this.isUp = true;
        resolve();
      });
      void ended.then((how) => {
        callOff();
        this.death = new SlotDiedError(`${name} ended with ${how}`);
        reject(this.death);
        this.#pending?.reject(this.death);
      });
    });
    this.started = this.#ready.catch(() => {});
    this.#child.on("message", (message: SlotMessage) => this.#pending?.resolve(message));
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get alive(): boolean {
    return this.#child.connected && !this.death;
  }

  async invoke(invocation: Invocation): Promise<unknown> {
    await this.#ready;
    let callOff: (() => void) | undefined;
    try {
      const message = await new Promise<SlotMessage>((resolve, reject) => {
        this.#pending = { resolve, reject };
        if (!this.alive) return reject(this.death ?? new SlotDiedError("The slot ended"));
        callOff = afterRunning(invocation.timeoutMs, () => void this.kill());
        this.#onDeliver?.({ name: this.name, pid: this.pid }, invocation.event);
        this.#child.send(invocation);
        // Until now it has heard when its parent was gone. Starting the guard takes a while, in which the first slot is at work.
        this.#release ??= endWithUs(this.pid);
      });
      if (message.kind === "error") throw new HandlerError(message);
      return message.kind === "response" ? message.response : undefined;
    } finally {
      callOff?.();
      this.#pending = undefined;
    }
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await Promise.all([this.#release?.(), this.ended]);
  }
}

function startProcess(name: string, options: SlotOptions): ChildProcess {
  const log = openLog(options.logFolder, name);
  try {
    return fork(options.program, [options.bundle, name], {
      stdio: ["ignore", log, log, "ipc"],
      execArgv: [],
      env: {
        ...options.environment,
        AWS_LAMBDA_FUNCTION_NAME: options.name,
        NODE_COMPILE_CACHE: options.cacheFolder,
        ...options.environmentOf?.(name),
      },
    });
  } finally {
    closeSync(log);
  }
}
