/** Another user of this machine, who found a run's port: none of its requests may come in. */
import type { OutgoingHttpHeaders } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Draw } from "./draw.ts";
import type { Exchange } from "./exchange.ts";
import type { Scene } from "./scene.ts";
import { attacks, type Knock, knock } from "./strangers.ts";

const PAUSE_MS = 50;

export class Forger {
  readonly #endpoint: string;
  readonly #scene: Scene;
  readonly #strike: () => void;
  readonly #ended: Promise<void>;
  #isOver = false;
  #overheard: Exchange["signed"] | undefined;

  constructor(endpoint: string, scene: Scene, strike: () => void) {
    this.#endpoint = endpoint;
    this.#scene = scene;
    this.#strike = strike;
    this.#ended = this.#forge();
  }

  /** A signature that it may try for another object. */
  overhear(exchange: Exchange): void {
    if (exchange.asked.operation === "PUT") this.#overheard = exchange.signed;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#ended;
  }

  async #forge(): Promise<void> {
    const { plan, jobId, prefix } = this.#scene;
    const draw = new Draw(plan.seed);
    while (!this.#isOver) {
      const stolen: [string, Knock][] = this.#overheard
        ? [
            [
              "use another's signature",
              withSignature(this.#overheard, `/manyhands/${prefix}array/escape_time/c/0/0`),
            ],
          ]
        : [];
      const [name, attempt] = draw.of([...attacks(this.#endpoint, jobId), ...stolen]);
      try {
        const { status } = await knock(this.#endpoint, attempt);
        this.#strike();
        if (status !== 403) this.#scene.problem(`${name} was answered ${status}`);
      } catch (error) {
        // Its body is not read, and its connection closed: it may find that out as it writes.
        this.#scene.tell(`${name}: ${error}`);
      }
      await sleep(PAUSE_MS);
    }
  }
}

/** Sent once more, about a chunk that it was not made for. */
function withSignature(signed: Exchange["signed"], path: string): Knock {
  const body = "forged";
  const headers = { ...signed, "content-length": Buffer.byteLength(body) } as OutgoingHttpHeaders;
  return { method: "PUT", path: `${path}0`, headers, body };
}
