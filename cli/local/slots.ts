import { type ChildProcess, fork } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { RealFolders } from "../../shared/stores/real-folders.ts";
import type { Invocation, SlotMessage } from "./slot-process.ts";

/** AWS gives an environment 10 s to load; the same here. */
const INIT_TIMEOUT_MS = 10_000;

export interface SlotPoolOptions {
  /** Names the slots and their logs: `worker-1`, `worker-2`, … */
  readonly name: string;
  readonly bundle: string;
  /** The built slot-process. */
  readonly program: string;
  readonly max: number;
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

/** The handler threw; `errorType` is its error's name. */
export class HandlerError extends Error {
  readonly errorType: string;
  constructor(errorType: string, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

/**
 * The environments of one function: each a child process that loads the bundle once and handles one event at a
 * time. One that dies or exceeds its timeout is forgotten; the next invocation starts another.
 */
export class SlotPool {
  readonly #options: SlotPoolOptions;
  readonly #idle: Slot[] = [];
  readonly #all = new Set<Slot>();
  readonly #waiting: (() => void)[] = [];
  #started = 0;
  #busy = 0;
  #closed = false;

  constructor(options: SlotPoolOptions) {
    this.#options = options;
  }

  get pids(): number[] {
    return [...this.#all].map(({ pid }) => pid);
  }

  /** How many events are being handled. */
  get busy(): number {
    return this.#busy;
  }

  /** Starts slots before they are needed, until there are so many, and waits until those are up or have ended. */
  async warm(count: number): Promise<void> {
    const missing = Math.max(count - this.#all.size, 0);
    await Promise.all(Array.from({ length: missing }, () => this.warmOne()));
  }

  /** Starts one more, where there is room, and waits until it is up or has ended. */
  async warmOne(): Promise<void> {
    if (this.#closed || this.#all.size >= this.#options.max) return;
    const slot = this.#start();
    this.#idle.push(slot);
    await slot.started;
  }

  /** Runs the handler on the event in a free slot. Throws HandlerError or SlotDiedError. */
  async invoke(event: unknown): Promise<unknown> {
    this.#busy++;
    try {
      return await this.#invoke(event);
    } finally {
      this.#busy--;
    }
  }

  async #invoke(event: unknown): Promise<unknown> {
    const slot = await this.#take();
    try {
      return await slot.invoke({ event, timeoutMs: this.#options.timeoutMs });
    } finally {
      if (slot.alive) this.#idle.push(slot);
      this.#waiting.shift()?.();
    }
  }

  /** Ends every process at once. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#all].map((slot) => slot.kill()));
  }

  async #take(): Promise<Slot> {
    for (;;) {
      if (this.#closed) throw new SlotDiedError("The slots are closed");
      // One that is up, rather than one that is still loading.
      const upAt = this.#idle.findLastIndex(({ isUp }) => isUp);
      const [slot] = upAt < 0 ? this.#idle.splice(-1) : this.#idle.splice(upAt, 1);
      if (slot?.alive) return slot;
      if (slot) continue;
      if (this.#all.size < this.#options.max) return this.#start();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #start(): Slot {
    const slot = new Slot(`${this.#options.name}-${++this.#started}`, this.#options);
    this.#all.add(slot);
    void slot.ended.then(() => {
      this.#all.delete(slot);
      this.#waiting.shift()?.();
    });
    return slot;
  }
}

class Slot {
  isUp = false;
  /** Also where it ended instead. */
  readonly started: Promise<void>;
  readonly ended: Promise<void>;
  readonly #name: string;
  readonly #onDeliver: SlotPoolOptions["onDeliver"];
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;
  #pending: { resolve(message: SlotMessage): void; reject(error: Error): void } | undefined;
  /** Its channel may outlive the process: only this says that nobody will answer any more. */
  #death: SlotDiedError | undefined;

  constructor(name: string, options: SlotPoolOptions) {
    this.#name = name;
    this.#onDeliver = options.onDeliver;
    const log = openLog(options.logFolder, name);
    this.#child = fork(options.program, [options.bundle, name], {
      stdio: ["ignore", log, log, "ipc"],
      execArgv: [],
      env: {
        ...options.environment,
        AWS_LAMBDA_FUNCTION_NAME: options.name,
        NODE_COMPILE_CACHE: options.cacheFolder,
        ...options.environmentOf?.(name),
      },
    });
    closeSync(log);
    // A process that could not be started at all reports an error and never exits.
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    this.#child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
    this.#child.on("error", ({ message }) => this.#child.pid === undefined && end(message));
    this.ended = ended.then(() => {});
    this.#ready = new Promise((resolve, reject) => {
      const timer = setTimeout(() => void this.kill(), INIT_TIMEOUT_MS);
      this.#child.once("message", () => {
        clearTimeout(timer);
        this.isUp = true;
        resolve();
      });
      void ended.then((how) => {
        clearTimeout(timer);
        this.#death = new SlotDiedError(`${name} ended with ${how}`);
        reject(this.#death);
        this.#pending?.reject(this.#death);
      });
    });
    this.started = this.#ready.catch(() => {});
    this.#child.on("message", (message: SlotMessage) => this.#pending?.resolve(message));
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get alive(): boolean {
    return this.#child.connected && !this.#death;
  }

  async invoke(invocation: Invocation): Promise<unknown> {
    await this.#ready;
    let timer: NodeJS.Timeout | undefined;
    try {
      const message = await new Promise<SlotMessage>((resolve, reject) => {
        this.#pending = { resolve, reject };
        if (!this.alive) return reject(this.#death ?? new SlotDiedError("The slot ended"));
        timer = setTimeout(() => void this.kill(), invocation.timeoutMs);
        this.#onDeliver?.({ name: this.#name, pid: this.pid }, invocation.event);
        this.#child.send(invocation);
      });
      if (message.kind === "error") throw new HandlerError(message.errorType, message.errorMessage);
      return message.kind === "response" ? message.response : undefined;
    } finally {
      clearTimeout(timer);
      this.#pending = undefined;
    }
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }
}

/** Below the job's folder, and not where a link in its place would lead. */
function openLog(folder: string, name: string): number {
  new RealFolders([dirname(folder)]).make(folder);
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  return openSync(join(folder, `${name}.log`), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o666);
}
