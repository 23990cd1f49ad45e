import { type ChildProcess, fork, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { LocalEngineError } from "../engines/local-engine-error.ts";
import { peakMemoryMb } from "../processes.ts";
import { endWithUs } from "./guard.js";
import { afterRunning } from "./running-time.ts";
import { openLog } from "./slot-log.ts";
import type { Invocation, SlotMessage } from "./slot-process.ts";

/** AWS gives an environment 10 s to load; the same here. */
const INIT_TIMEOUT_MS = 10_000;

export interface SlotOptions {
  /** The function's name. Slots and their logs are named after it: `worker-1`, `worker-2`, … */
  readonly name: string;
  readonly bundle: string;
  /** The path of the built slot-process. */
  readonly program: string;
  readonly timeoutMs: number;
  /** In place of the bundle in its program: a command that takes events and answers as that does. The slot's name becomes its last argument. */
  readonly command?: readonly [string, ...string[]] | undefined;
  /** How long loading may take. Default: as on AWS. */
  readonly initTimeoutMs?: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFolder: string;
  /** The folder for compiled code, so that later slots start faster. */
  readonly cacheFolder: string;
  /** The slot that waits for a debugger; its log says at which address. */
  readonly inspected?: string | undefined;
  /** Further variables of a single slot, by its name. */
  readonly environmentOf?: ((slot: string) => Readonly<Record<string, string>>) | undefined;
  /** Called after each invocation, however it ended. */
  readonly onBilled?: ((billed: Billed) => void) | undefined;
  /** Called before a slot is killed, as each is that does not end by itself, with the most memory that it had (MB). */
  readonly onPeak?: ((mb: number) => void) | undefined;
  /** Called with each event just before the slot's process receives it. */
  readonly onDeliver?:
    | ((slot: { readonly name: string; readonly pid: number }, event: unknown) => void)
    | undefined;
}

/** What an invocation is billed for; only a slot's first one has `initMs`, how long the slot took to start. */
export interface Billed {
  readonly durationMs: number;
  readonly initMs?: number;
}

/** The slot's process ended, or was killed, before it answered. */
export class SlotDiedError extends LocalEngineError {}

/** The handler threw; `errorType` is its error's name. If the handler's error is permanent, this is too. */
export class HandlerError extends LocalEngineError {
  readonly errorType: string;
  override readonly permanent: boolean;
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
  /**
   * Set when the process has ended. The IPC channel may outlive the process, so only this says that no answer will
   * come.
   */
  death: SlotDiedError | undefined;
  /** Resolves when the slot is up, and also if it ended instead. */
  readonly started: Promise<void>;
  readonly ended: Promise<void>;
  readonly #onDeliver: SlotOptions["onDeliver"];
  readonly #onBilled: SlotOptions["onBilled"];
  readonly #onPeak: SlotOptions["onPeak"];
  /** Undefined once an invocation was billed for it. */
  #initMs: number | undefined;
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;
  #release: (() => Promise<void>) | undefined;
  #pending: { resolve(message: SlotMessage): void; reject(error: Error): void } | undefined;

  constructor(name: string, options: SlotOptions) {
    this.name = name;
    this.#onDeliver = options.onDeliver;
    this.#onBilled = options.onBilled;
    this.#onPeak = options.onPeak;
    const startedMs = performance.now();
    this.#child = startProcess(name, options);
    // If a process could not be started at all, Node emits an error and never an exit.
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    this.#child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
    this.#child.on("error", ({ message }) => this.#child.pid === undefined && end(message));
    this.ended = ended.then(() => this.#release?.());
    this.#ready = new Promise((resolve, reject) => {
      const initTimeoutMs =
        options.inspected === name ? Number.POSITIVE_INFINITY : (options.initTimeoutMs ?? INIT_TIMEOUT_MS);
      const callOff = afterRunning(initTimeoutMs, () => void this.kill());
      this.#child.once("message", ({ tookMs = performance.now() - startedMs }: SlotMessage) => {
        callOff();
        this.#initMs = tookMs;
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
    const beganMs = performance.now();
    let callOff: (() => void) | undefined;
    let tookMs: number | undefined;
    try {
      const message = await new Promise<SlotMessage>((resolve, reject) => {
        this.#pending = { resolve, reject };
        if (!this.alive) return reject(this.death ?? new SlotDiedError("The slot ended"));
        callOff = afterRunning(invocation.timeoutMs, () => void this.kill());
        this.#onDeliver?.({ name: this.name, pid: this.pid }, invocation.event);
        this.#child.send(invocation);
        // Until now the process noticed by itself when its parent was gone. The guard starts only here, because
        // starting it takes a while, in which the first slot is at work.
        this.#release ??= endWithUs(this.pid);
      });
      tookMs = message.tookMs;
      if (message.kind === "error") throw new HandlerError(message);
      return message.kind === "response" ? message.response : undefined;
    } finally {
      callOff?.();
      this.#pending = undefined;
      const initMs = this.#initMs;
      this.#initMs = undefined;
      const durationMs = tookMs ?? performance.now() - beganMs;
      this.#onBilled?.({ durationMs, ...(initMs !== undefined && { initMs }) });
    }
  }

  async kill(): Promise<void> {
    const mb = this.#onPeak && peakMemoryMb(this.pid);
    if (mb !== undefined) this.#onPeak?.(mb);
    this.#child.kill("SIGKILL");
    await Promise.all([this.#release?.(), this.ended]);
  }
}

function startProcess(name: string, options: SlotOptions): ChildProcess {
  const log = openLog(options.logFolder, name);
  const common = {
    stdio: ["ignore" as const, log, log, "ipc" as const],
    env: {
      ...options.environment,
      AWS_LAMBDA_FUNCTION_NAME: options.name,
      NODE_COMPILE_CACHE: options.cacheFolder,
      ...options.environmentOf?.(name),
    },
  };
  const [program, ...rest] = options.command ?? [];
  try {
    if (program !== undefined) return spawn(program, [...rest, name], common);
    return fork(options.program, [options.bundle, name], {
      ...common,
      execArgv: options.inspected === name ? ["--inspect-brk=127.0.0.1:0"] : [],
    });
  } finally {
    closeSync(log);
  }
}
