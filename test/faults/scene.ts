/** One scenario while it runs: what both its boundaries, requests and deliveries, know of it. */

import { jobPrefix } from "../../shared/ports/keys.ts";
import { chunkKeys } from "../../shared/record/array-keys.ts";
import { resolvedJob } from "../helpers/kernels.ts";
import type { Fault, Plan } from "./plan.ts";
import { Script } from "./script.ts";

export interface Slot {
  readonly name: string;
  readonly pid: number;
}

/** A chunk message on its way through a worker. */
export interface Delivery {
  readonly fault: Fault | undefined;
  /** True once it has stored an object. */
  hasStored: boolean;
  isOver: boolean;
}

export class Scene {
  readonly plan: Plan;
  readonly script: Script;
  readonly prefix: string;
  /** What must not happen, whatever is injected. */
  readonly problems: string[] = [];
  readonly tell: (what: string) => void;
  /** True: every worker gets each seat and coin that it asks for. A job's limit is nothing then. */
  readonly grantsAll: boolean;
  readonly #atWork = new Map<string, Delivery>();
  readonly #silent = new Set<string>();
  readonly #paying = new Set<string>();
  readonly #chunks: ReadonlyMap<string, number>;
  readonly #doomed = new Set<number>();

  constructor(plan: Plan, tell: (what: string) => void, { grantsAll = false } = {}) {
    this.plan = plan;
    this.grantsAll = grantsAll;
    this.tell = tell;
    this.script = new Script(plan, (fault) => tell(`strikes: ${JSON.stringify(fault)}`));
    const job = resolvedJob(plan.request);
    this.prefix = jobPrefix(job.jobId);
    this.#chunks = new Map(plan.messages.flat().map((chunk) => [chunkKeys(job, chunk)[0]!, chunk]));
  }

  get jobId(): string {
    return this.plan.request.requestId;
  }

  /** The chunk whose object that is. */
  chunkOf(key: string): number | undefined {
    return this.#chunks.get(key);
  }

  began({ name }: Slot, delivery: Delivery): void {
    this.#atWork.set(name, delivery);
  }

  /** The slot is given an event now, or asks for a seat or a coin of the job's limit, which pay for its later events too. */
  given({ name }: Slot): void {
    if (!this.#paying.has(name)) this.#silent.add(name);
  }

  pays({ name }: Slot): void {
    this.#paying.add(name);
    this.#silent.delete(name);
  }

  /** Whether the slot never came to the gate of the job's limit. */
  isSilent({ name }: Slot): boolean {
    return this.#silent.has(name);
  }

  /** The fault that was planned for what the slot is at. */
  faultAt({ name }: Slot): Fault | undefined {
    return this.#atWork.get(name)?.fault;
  }

  stored({ name }: Slot): void {
    const delivery = this.#atWork.get(name);
    if (delivery) delivery.hasStored = true;
  }

  kill(slot: Slot): void {
    this.tell(`${slot.name} is killed`);
    this.doom(slot);
    signal(slot, "SIGKILL");
  }

  /** The slot is going to end before it answers, and that is meant. */
  doom({ pid }: Slot): void {
    this.#doomed.add(pid);
  }

  isDoomed(slot: Slot | undefined): boolean {
    return slot !== undefined && this.#doomed.has(slot.pid);
  }

  problem(what: string): void {
    this.tell(`PROBLEM: ${what}`);
    this.problems.push(what);
  }
}

/** A process that is gone already needs no signal. */
export function signal({ pid }: Slot, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {}
}
