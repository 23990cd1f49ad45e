/** The command line as a process with children, watched from outside. Linux only, as /proc is. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, statusOf } from "../../../client/processes.ts";
import { familyOf } from "../../helpers/sockets.ts";
import type { Moment } from "./draw-journey.ts";

export const MAIN = join(import.meta.dirname, "../../../cli/main.js");
/** A client that runs for longer hangs. */
const LONGEST_RUN_MS = 300_000;
/** What is left of a run for longer than that stays. A busy machine takes a while to start the shells that end it. */
const NOTHING_LEFT_AFTER_MS = 20_000;
const LOOK_MS = 10;
/** A PID namespace with its own /proc, as a container has. */
export const CONTAINER = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ClientOptions {
  readonly cwd: string;
  /** The job's folder. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly inContainer?: boolean;
}

export class Client {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #pids = new Set<number>();
  readonly #inContainer: boolean;
  readonly #folder: string;
  readonly #storedBefore: number;
  #hasEnded = false;

  constructor(args: readonly string[], { cwd, folder = "", env = {}, inContainer = false }: ClientOptions) {
    const [program = "", ...rest] = [...(inContainer ? CONTAINER : []), process.execPath, ...args];
    this.#inContainer = inContainer;
    this.#folder = folder;
    this.#storedBefore = storedIn(folder);
    this.#child = spawn(program, rest, {
      ...{ cwd, stdio: ["ignore", "pipe", "pipe"] },
      env: { ...process.env, ...env },
    });
    const { stdout, stderr } = this.#child;
    this.#exited = new Promise<void>((resolve) => this.#child.once("exit", () => resolve())).then(() => {
      this.#hasEnded = true;
    });
    const code = new Promise<number | null>((resolve) => this.#child.once("close", resolve));
    this.ended = Promise.all([code, text(stdout!), text(stderr!)]).then(([exit, out, err]) => {
      return { code: exit, stdout: out, stderr: err };
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The client itself, wherever it runs: `unshare` starts it. */
  get pid(): number {
    return this.family[this.#inContainer ? 1 : 0] ?? this.#child.pid!;
  }

  /** The processes that it consists of now. */
  get family(): number[] {
    const pids = this.#hasEnded ? [] : familyOf(this.#child.pid!);
    for (const pid of pids) this.#pids.add(pid);
    return pids;
  }

  /** Its slots of a stage, by their command lines. */
  slots(stage: string): { readonly pid: number; readonly name: string }[] {
    const slot = new RegExp(`/slot/index\\.js\\0.*\\0(${stage}-\\d+)\\0`);
    return this.family.flatMap((pid) => {
      const [, name] = slot.exec(commandLineOf(pid)) ?? [];
      return name === undefined ? [] : [{ pid, name }];
    });
  }

  /** Resolves at the moment; false where the client has ended before. */
  async reaches({ stored = 0, afterMs = 0 }: Moment): Promise<boolean> {
    const at = performance.now() + afterMs;
    const isThere = () =>
      storedIn(this.#folder) >= this.#storedBefore + stored &&
      commandLineOf(this.pid).startsWith(process.execPath);
    while (performance.now() < at || !isThere()) {
      if (this.#hasEnded) return false;
      await sleep(LOOK_MS);
    }
    return !this.#hasEnded;
  }

  /**
   * Waits until the client has ended by itself, or ends it; returns the processes that are left then, or that it hung.
   */
  async end(): Promise<{ readonly ended: Ended; readonly problem?: string }> {
    const startedMs = performance.now();
    while (!this.#hasEnded && performance.now() - startedMs < LONGEST_RUN_MS) {
      void this.family;
      await Promise.race([this.#exited, sleep(50)]);
    }
    const hung = !this.#hasEnded;
    if (hung) for (const pid of this.family) orNothing(() => process.kill(pid, "SIGKILL"));
    await this.#exited;
    const left = await this.#leftAfterAWhile();
    const named = left.map((pid) => commandLineOf(pid).replaceAll("\0", " "));
    for (const pid of left) orNothing(() => process.kill(pid, "SIGKILL"));
    const ended = await this.ended;
    if (hung) return { ended, problem: "a hang: the client did not end" };
    return left.length > 0 ? { ended, problem: `left after it: ${named.join(", ")}` } : { ended };
  }

  async #leftAfterAWhile(): Promise<number[]> {
    const endedMs = performance.now();
    for (;;) {
      const left = [...this.#pids].filter(isRunning);
      if (left.length === 0 || performance.now() - endedMs > NOTHING_LEFT_AFTER_MS) return left;
      await sleep(LOOK_MS);
    }
  }
}

/** The files of a job's chunks that lie in its folder. */
export function chunksIn(folder: string): string[] {
  const array = join(folder, "array");
  const names = orNothing(() => readdirSync(array, { recursive: true, encoding: "utf8" })) ?? [];
  return names
    .filter((name) => /^\w+\/c\/\d+\/\d+$/.test(name))
    .sort()
    .map((name) => join("array", name));
}

export const storedIn = (folder: string) => chunksIn(folder).length;

export function signal(pid: number, name: NodeJS.Signals): void {
  orNothing(() => process.kill(pid, name));
}

/** Stops the process, and resolves once it stands still or is gone. */
export async function stop(pid: number): Promise<void> {
  signal(pid, "SIGSTOP");
  while (/^State:\t[^TZX]/m.test(statusOf(pid))) await sleep(1);
}

/** Whether a client is at the job: of its claim the socket goes first. */
export const isClaimed = (folder: string) =>
  readdirSync(folder).some((name) => /^running-\w+\.sock$/.test(name));

const commandLineOf = (pid: number) => orNothing(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "";

/** A process may have ended, and a folder not be there yet. */
function orNothing<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
