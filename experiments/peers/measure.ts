/** Runs one program from start to exit and says what it took. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { ProcessFamily } from "./processes.ts";

/** What a program prints of itself, as one line of JSON. */
export interface Answer {
  readonly startUpMs: number;
  readonly computeMs: number;
  readonly sum?: number;
}

/** What running a program took. */
export interface Taken {
  /** From spawning to exit. */
  readonly wholeMs: number;
  /** The peak of all its processes together, where it was asked for. */
  readonly peakMb?: number;
}

export type Measured = Answer & Taken;

export interface Program<Said = Answer> {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Reads the answer off what the program printed. */
  readonly answer: (printed: string) => Said;
}

export interface Limits {
  readonly timeoutMs: number;
  /** Memory is sampled so often; not at all without, since reading that of many processes can be felt. */
  readonly sampleEveryMs?: number;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const GONE_CHECK_MS = 20;

/** Throws where the program fails or takes too long. Nothing that it started outlives this call. */
export async function measure<Said>(
  program: Program<Said>,
  { timeoutMs, sampleEveryMs }: Limits,
): Promise<Said & Taken> {
  const { command, env, answer } = program;
  const [file, ...args] = command;
  const family = new ProcessFamily(randomUUID());
  const over = new AbortController();
  const started = performance.now();
  const startedAt = { STARTED_AT_MS: String(performance.timeOrigin + started) };
  const child = spawn(file, args, {
    env: { ...process.env, ...env, ...startedAt, ...family.variable },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const sampled = sampleEveryMs === undefined ? undefined : sample(family, sampleEveryMs, over.signal);
  const stop = () => void family.kill(); // and with that fail
  const timer = setTimeout(stop, timeoutMs);
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    const printed = Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await once(child, "exit");
    const wholeMs = performance.now() - started;
    over.abort();
    clearTimeout(timer);
    family.kill(); // before the pipes are read to their end: what is left may hold them open
    const [output, complaints] = await printed;
    if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${complaints.slice(-2000)}`);
    return { ...answer(output), wholeMs, ...(sampled && { peakMb: await sampled }) };
  } finally {
    over.abort();
    clearTimeout(timer);
    while (family.kill() > 0) await sleep(GONE_CHECK_MS);
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

async function sample(family: ProcessFamily, everyMs: number, over: AbortSignal): Promise<number> {
  let peakMb = 0;
  while (!over.aborted) {
    peakMb = Math.max(peakMb, family.memoryMb());
    await sleep(everyMs, undefined, { signal: over }).catch(() => {}); // over while asleep
  }
  return peakMb;
}
