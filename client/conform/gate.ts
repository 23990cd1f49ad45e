import type { IncomingMessage, ServerResponse } from "node:http";
import type { Emulator, Intercept } from "../local/local-cloud.ts";
import { SQS_JSON } from "../local/sqs-call.ts";

/** How long a receive waits at the closed gate; then it is answered that there is no message, as SQS does after its wait. */
const HOLD_MS = 1000;

interface Held {
  pass(): void;
  refuse(): void;
}

/**
 * Holds a worker's receives until one is let through: so a check can deliver a message itself before the worker gets it, and the worker
 * meets messages one at a time, in the order of the checks.
 */
export class Gate {
  /** Called with each receive that comes. */
  onAsked: () => void = () => {};
  readonly #held = new Set<Held>();
  #passes = 0;

  readonly intercept: Intercept = (request, response, emulator) => {
    const isReceive = request.headers["x-amz-target"] === "AmazonSQS.ReceiveMessage";
    if (!isReceive) return emulator.routing(request, response);
    this.onAsked();
    if (this.#passes > 0) {
      this.#passes--;
      return emulator.routing(request, response);
    }
    this.#hold(request, response, emulator);
  };

  /** Lets one receive through: one that waits, or the next. */
  letOneThrough(): void {
    const [first] = this.#held;
    if (first) first.pass();
    else this.#passes++;
  }

  /** No receive that comes later passes. */
  close(): void {
    this.#passes = 0;
  }

  #hold(request: IncomingMessage, response: ServerResponse, emulator: Emulator): void {
    const leave = () => {
      clearTimeout(timer);
      this.#held.delete(held);
    };
    const held: Held = {
      pass: () => {
        leave();
        emulator.routing(request, response);
      },
      refuse: () => {
        leave();
        request.resume();
        response.writeHead(200, { "content-type": SQS_JSON }).end("{}");
      },
    };
    const timer = setTimeout(held.refuse, HOLD_MS);
    response.once("close", leave);
    this.#held.add(held);
  }
}
