/** The machines whose workers stand by at a Redis, by their beats. */
import type { Redis } from "ioredis";
import { parsedOrNothing } from "../../shared/ports/store.ts";
import { BEAT_MS, FORGOTTEN_AFTER_MS, type Machine, MachineSchema } from "../../shared/record/machine.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { isRunning } from "../processes.ts";

const PREFIX = "manyhands:machine:";
const KEYS_A_SCAN = 1000;

/** A machine and how long ago (ms) it told so. */
export interface SeenMachine extends Machine {
  readonly agoMs: number;
}

/**
 * The machines that are there, by their names. One that lost its network is still here for a quarter of a minute.
 * @example
 * const hands = (await machinesOf(hub.redis)).reduce((sum, { workers }) => sum + workers, 0);
 */
export async function machinesOf(redis: Redis): Promise<readonly SeenMachine[]> {
  const keys = new Set<string>();
  let cursor = "0";
  do {
    const [next, found] = await redis.scan(cursor, "MATCH", `${PREFIX}*`, "COUNT", KEYS_A_SCAN);
    for (const key of found) keys.add(key);
    cursor = next;
  } while (cursor !== "0");
  const machines = await Promise.all([...keys].map((key) => seen(redis, key)));
  return machines.flatMap((machine) => machine ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Undefined where it is gone by now, or no version knows its beat. */
async function seen(redis: Redis, key: string): Promise<SeenMachine | undefined> {
  const [value, leftMs] = await Promise.all([redis.getBuffer(key), redis.pttl(key)]);
  const machine = value && parsedOrNothing(MachineSchema, value, key);
  return machine ? { ...machine, agoMs: Math.max(FORGOTTEN_AFTER_MS - leftMs, 0) } : undefined;
}

/**
 * Tells of a machine until the returned function is called. Throws InvalidInputError where another one has its name; what an ended process of
 * this host left is its own.
 */
export async function beginBeat(redis: Redis, machine: () => Machine): Promise<() => Promise<void>> {
  const { name } = machine();
  const key = PREFIX + name;
  const tell = (...condition: "NX"[]) =>
    redis.set(key, JSON.stringify(machine()), "PX", FORGOTTEN_AFTER_MS, ...(condition as ["NX"]));
  if ((await tell("NX")) === null) {
    const other = await seen(redis, key);
    if (other && !isGone(other, machine()))
      throw new InvalidInputError(
        "--name",
        "a name that no other machine has",
        show(name),
        `It is the name of process ${other.pid} on ${other.host}, which was there ${Math.round(other.agoMs / 1000)} s ago. Without --name a machine gets a name of its own.`,
      );
    await tell();
  }
  const timer = setInterval(() => void tell().catch(() => {}), BEAT_MS);
  return async () => {
    clearInterval(timer);
    await redis.del(key);
  };
}

/** By what this host knows; in a container a new process may have the id of the former one. */
function isGone(other: Machine, own: Machine): boolean {
  return other.host === own.host && (other.pid === own.pid || !isRunning(other.pid));
}
