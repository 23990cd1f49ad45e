import { join } from "node:path";
import { billOfRun, DEFAULT_DEPLOYMENT } from "../../client/local/bill-of-run.ts";
import type { AnsweredRequest, LocalCloud } from "../../client/local/local-cloud.ts";
import { Meter } from "../../client/local/meter.ts";
import type { Billed } from "../../client/local/slot.ts";
import type { Stage } from "../../shared/build/bundling.ts";
import { billedMs, gbSecondsOf, usdOf } from "../../shared/plan/bill.ts";
import { TURNED_AWAY_MS } from "../../shared/plan/limit.ts";
import { pricesOf } from "../../shared/plan/prices.ts";
import type { Cost } from "../../shared/record/cost.ts";

/** What jobs with a limit are priced as. */
export const STANDS_FOR = DEFAULT_DEPLOYMENT;

/** What one scenario after the other costs, its faults included. */
export class ScenarioMeter {
  readonly #logs: string;
  #meter: Meter;
  /**
   * What no gate of a limit can keep workers from: those that were killed before they came to it, and starts that took longer than is set
   * aside for one, as on a machine that others use up.
   */
  #silentMs = 0;
  #silentDeaths = 0;
  #latest: Billed | undefined;

  constructor(folder: string) {
    this.#logs = join(folder, "logs");
    this.#meter = new Meter(this.#logs);
  }

  begin(queues: LocalCloud["queues"]): void {
    this.#silentMs = 0;
    this.#silentDeaths = 0;
    this.#meter = new Meter(this.#logs);
    this.#meter.watch(queues);
  }

  invoked(stage: Stage, billed: Billed): void {
    this.#latest = billed;
    this.#meter.invoked(stage, billed);
    if (stage === "worker") this.#silentMs += lateMs(billed);
  }

  /** A slot's bill and its caller's error come in one turn of the event loop. */
  diedSilently(): void {
    const { durationMs = 0, initMs = 0 } = this.#latest ?? {};
    this.#silentMs += billedMs(durationMs, Math.min(initMs, TURNED_AWAY_MS));
    this.#silentDeaths++;
  }

  answered(request: AnsweredRequest): void {
    this.#meter.answered(signedByStage(request));
  }

  get cost(): Cost {
    const { memoryMb } = STANDS_FOR;
    const usages = this.#meter.usages({ splitter: memoryMb, worker: memoryMb, aggregator: memoryMb });
    return billOfRun(usages, STANDS_FOR, undefined);
  }

  /** What of it workers took, without their logs. */
  get workersUsd(): number {
    const usage = { ...this.cost.byStage.worker, logBytes: 0 };
    return usdOf(usage, STANDS_FOR.architecture, pricesOf(STANDS_FOR.region));
  }

  /** What of it workers took before they came to the gate. */
  get silentUsd(): number {
    const usage = { gbSeconds: gbSecondsOf(this.#silentMs, STANDS_FOR.memoryMb), logBytes: 0 };
    // Each was received and handed over.
    const requests = { lambda: this.#silentDeaths, sqs: this.#silentDeaths, put: 0, get: 0 };
    return usdOf({ ...usage, requests }, STANDS_FOR.architecture, pricesOf(STANDS_FOR.region));
  }
}

const lateMs = ({ initMs = 0 }: Billed) => Math.max(0, initMs - TURNED_AWAY_MS);

/** A slot signs with its name: the meter knows stages. */
function signedByStage(request: AnsweredRequest): AnsweredRequest {
  const { authorization } = request.headers;
  if (authorization === undefined) return request;
  const stage = authorization.replace(/\bCredential=(?:failing-|starved-)?([a-z]+)-\d+\//, "Credential=$1/");
  return { ...request, headers: { ...request.headers, authorization: stage } };
}
