/** Draws a scenario from its seed. */
import { MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { Draw } from "./draw.ts";
import { drawJob } from "./jobs.ts";
import { CONDITIONAL, FAULT_KINDS, type FaultKind, kindOf, LOSSES, READS } from "./kinds.ts";
import {
  CLIENT_ATTEMPTS,
  type DeliveryFault,
  EVERY,
  type Fault,
  isSame,
  lostDeliveries,
  type Plan,
  type RequestFault,
} from "./plan.ts";

/** In how many of the scenarios something of the kind is planned, beside what is drawn at random. */
const SHARES = {
  long: 0.2,
  killedInKernel: 0.7,
  reordered: 0.5,
  slow: 0.13,
  hung: 0.09,
  forged: 0.2,
  nobody: 0.2,
  poison: 0.15,
  unreadable: 0.1,
  siege: 0.2,
  splitterKilled: 0.22,
  aggregatorKilled: 0.25,
  loss: 0.15,
};
/** Drawn by shares of their own, not among the others. */
const APART: readonly FaultKind[] = [
  "reordered delivery",
  "worker slow",
  "forged request",
  "nobody at work",
  "read refused",
  "worker hung",
  "worker killed in kernel",
  "splitter killed",
  "aggregator killed",
  ...LOSSES,
];
const COMMON = FAULT_KINDS.filter((kind) => !APART.includes(kind));
/** Leave no trace of a delivery: what meets them each time is never stored. */
const WITHOUT_TRACE: readonly FaultKind[] = [
  "receive burnt",
  "worker killed before compute",
  "worker failed at init",
  "worker out of memory",
];
/** After them the chunks are stored, and found so when their message comes again. */
const STORED: readonly FaultKind[] = [
  "delete lost",
  "report refused",
  "worker killed before report",
  "worker killed before acknowledge",
];
/** Deliveries that something may cost one message, so that it is delivered once more. */
const MOST_LOST = MAX_RECEIVE_COUNT - 1;
/** A result message may be in each of the batches that are struck, and one of its receives is kept for surprises. */
const MOST_RESULTS_LOST = MAX_RECEIVE_COUNT - 2;

/** The same seed, the same plan. */
export function drawPlan(seed: number): Plan {
  const draw = new Draw(seed);
  const isLong = draw.chance(SHARES.long);
  const job = drawJob(seed, draw, isLong);
  const faults = new Faults(job.messages, draw);

  if (draw.chance(SHARES.reordered)) faults.add({ place: "fleet", kind: "reordered delivery" });
  if (draw.chance(SHARES.slow)) faults.add({ place: "fleet", kind: "worker slow" });
  if (draw.chance(SHARES.forged)) faults.add({ place: "fleet", kind: "forged request" });
  if (draw.chance(SHARES.poison)) faults.addPoison();
  if (draw.chance(SHARES.unreadable)) faults.addUnreadable();
  if (draw.chance(SHARES.siege)) faults.addSiege();
  if (isLong && draw.chance(SHARES.killedInKernel)) faults.addDelivery("worker killed in kernel");
  if (draw.chance(SHARES.hung)) faults.addDelivery("worker hung");
  for (const stage of ["splitter", "aggregator"] as const) {
    const kind: FaultKind = `${stage} killed`;
    const nth = draw.whole(1, stage === "splitter" ? 2 : 4);
    if (draw.chance(SHARES[`${stage}Killed`]))
      faults.add({ place: stage, kind, nth, done: draw.chance(0.5) });
  }
  for (const kind of LOSSES) if (draw.chance(SHARES.loss)) faults.addDelivery(kind);
  for (let count = draw.whole(3, 8); count > 0; count--) faults.addAny(draw.of(COMMON));

  const plan: Plan = {
    seed,
    ...job,
    workers: draw.whole(2, 4),
    aggregators: draw.whole(1, 2),
    resultBatches: { batchSize: draw.whole(1, 10), batchingWindowMs: draw.of([0, 0, 30]) },
    faults: faults.all,
  };
  if (draw.chance(SHARES.nobody)) faults.add({ place: "fleet", kind: "nobody at work" });
  return plan;
}

class Faults {
  readonly all: Fault[] = [];
  readonly #messages: Plan["messages"];
  readonly #draw: Draw;
  readonly #poisoned = new Set<readonly number[]>();

  constructor(messages: Plan["messages"], draw: Draw) {
    this.#messages = messages;
    this.#draw = draw;
  }

  /** Adds the fault unless, with the others, it would be more than some message or client can take. */
  add(...faults: readonly Fault[]): boolean {
    const all = [...this.all, ...faults];
    const isTooMuch =
      this.#messages.some(
        (message) =>
          !this.#poisoned.has(message) &&
          message.some((chunk) => lostDeliveries(message, chunk, all).deliveries > MOST_LOST),
      ) ||
      requestChains(all).some((length) => length >= CLIENT_ATTEMPTS) ||
      lostResults(all) > MOST_RESULTS_LOST;
    if (!isTooMuch) this.all.push(...faults);
    return !isTooMuch;
  }

  /** A chunk, or all of a message, that meets a fault each time. */
  addPoison(): void {
    const draw = this.#draw;
    const message = draw.of(this.#messages);
    this.#poisoned.add(message);
    const chunk = draw.of(message);
    switch (draw.whole(1, 3)) {
      case 1: {
        const kind = draw.of(["store 503 SlowDown", "store 500", "store reset"] as const);
        return void this.add({ place: "chunk", kind, chunk, times: EVERY });
      }
      case 2:
        return void this.add({ place: "chunk", kind: "worker killed before store", chunk, times: EVERY });
      default: {
        const kind = draw.of(WITHOUT_TRACE);
        return void this.add({ place: "delivery", kind, chunks: message, receive: EVERY });
      }
    }
  }

  /** A stored chunk without a report, which the store refuses to every stage from then on. */
  addUnreadable(): void {
    const message = this.#healthyMessage();
    if (!message) return;
    this.#poisoned.add(message);
    const kind = this.#draw.of(["report refused", "worker killed before report"] as const);
    this.add(
      { place: "delivery", kind, chunks: message, receive: 1 },
      { place: "chunk", kind: "read refused", chunk: this.#draw.of(message), times: EVERY },
    );
  }

  /** A message that meets a fault at every delivery but its last. */
  addSiege(): void {
    const message = this.#healthyMessage();
    if (!message) return;
    const kinds = COMMON.filter(
      (kind) => kindOf(kind).places.includes("delivery") && kindOf(kind).costsDelivery,
    );
    for (let receive = 1; receive <= MOST_LOST; receive++)
      this.add({ place: "delivery", kind: this.#draw.of(kinds), chunks: message, receive });
  }

  addAny(kind: FaultKind): void {
    const place = this.#draw.of(kindOf(kind).places);
    if (READS.includes(kind) && place === "chunk") this.#addRead(kind);
    else if (place === "delivery") this.addDelivery(kind);
    else if (place === "chunk") this.#addChunk(kind);
    else if (place === "request") this.#addRequest(kind);
    else if (place === "result") this.add({ place, kind, nth: this.#draw.whole(1, this.#messages.length) });
  }

  /** At the next delivery of a message of which nothing is planned yet. */
  addDelivery(kind: FaultKind): boolean {
    const message = this.#healthyMessage();
    if (!message) return false;
    // What is sent again alone is a message of its own, once something brought its first one back.
    const isSplit = message.length > 1 && (this.#nextReceive(message) ?? 1) > 1;
    const chunks = isSplit && this.#draw.chance(0.5) ? [this.#draw.of(message)] : message;
    const receive = this.#nextReceive(chunks);
    if (receive === undefined) return false;
    // One whose chunks are stored already may have been answered when it is killed, which costs another message a delivery.
    if (kind === "worker killed in kernel" && receive > 1) return false;
    return this.add({ place: "delivery", kind, chunks, receive } satisfies DeliveryFault);
  }

  #addChunk(kind: FaultKind): void {
    const message = this.#healthyMessage();
    if (!message) return;
    const { costsAttempt, costsDelivery } = kindOf(kind);
    const chunk = this.#draw.of(message);
    // Refused as often as a client tries, its delivery fails.
    const times = costsAttempt && !CONDITIONAL.includes(kind) ? this.#draw.whole(1, CLIENT_ATTEMPTS) : 1;
    this.add({ place: "chunk", kind, chunk, times: costsDelivery ? this.#draw.whole(1, 2) : times });
  }

  /** Chunks are read only where their message comes again after they were stored. */
  #addRead(kind: FaultKind): void {
    const message = this.#healthyMessage();
    const receive = message && this.#nextReceive(message);
    if (!message || receive === undefined) return;
    const again: Fault = { place: "delivery", kind: this.#draw.of(STORED), chunks: message, receive };
    const times = kind === "chunk corrupt" ? 1 : this.#draw.whole(1, CLIENT_ATTEMPTS - 1);
    this.add(again, { place: "chunk", kind, chunk: this.#draw.of(message), times });
  }

  #addRequest(kind: FaultKind): void {
    const draw = this.#draw;
    const isSqs = kindOf(kind).requests === "send";
    const stage = draw.of(
      isSqs ? (["splitter", "worker"] as const) : (["splitter", "aggregator", "aggregator"] as const),
    );
    const isFew = READS.includes(kind) || kind === "store reset after PUT" || (isSqs && stage === "splitter");
    const nth = draw.whole(1, isFew ? 2 : isSqs ? this.#messages.length : 4);
    this.add({ place: "request", kind, stage, nth, times: draw.whole(1, CLIENT_ATTEMPTS - 1) });
  }

  #healthyMessage(): readonly number[] | undefined {
    const healthy = this.#messages.filter((message) => !this.#poisoned.has(message));
    return healthy.length > 0 ? this.#draw.of(healthy) : undefined;
  }

  /** Undefined where nothing brings the message back after what is planned already. */
  #nextReceive(chunks: readonly number[]): number | undefined {
    const planned = this.all.filter((fault) => fault.place === "delivery" && isSame(fault.chunks, chunks));
    return planned.every(({ kind }) => kindOf(kind).costsDelivery) ? planned.length + 1 : undefined;
  }
}

/** How many requests in a row one client of a stage might see fail, for SQS and for the store. */
function requestChains(faults: readonly Fault[]): number[] {
  const chains = new Map<string, number>();
  for (const fault of faults) {
    const isRead = READS.includes(fault.kind);
    const key =
      fault.place === "request"
        ? `${fault.stage} ${kindOf(fault.kind).requests === "send"}`
        : isRead
          ? "read"
          : "";
    if (key === "" || !isFailing(fault)) continue;
    chains.set(key, (chains.get(key) ?? 0) + (fault as RequestFault).times);
  }
  return [...chains.values()];
}

function isFailing({ kind }: Fault): boolean {
  return kindOf(kind).costsAttempt || READS.includes(kind) || kind === "batch entry refused";
}

function lostResults(faults: readonly Fault[]): number {
  return faults.filter(
    ({ place, kind }) => place === "aggregator" || (place === "result" && kindOf(kind).costsDelivery),
  ).length;
}
