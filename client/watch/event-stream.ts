import type { ServerResponse } from "node:http";
import { PAGE_EVENTS } from "../page/page-events.ts";

/** Browsers, or tabs of one, that a page is sent to at the same time. */
const MOST_READERS = 16;
/** What may wait, beside the whole page, for a browser that does not keep up, such as one whose tab is hidden. */
const MOST_WAITING_BYTES = 4 * 2 ** 20;
/** After which time (ms) a browser asks again where its connection broke. */
const RETRY_MS = 1000;

/** A page's events to all browsers that show it. None is kept: a browser that comes, or comes again, gets the whole page first. */
export class EventStream {
  readonly #whole: () => string;
  /** With what may wait for each. */
  readonly #readers = new Map<ServerResponse, number>();
  /** Those that could not keep up: they get the whole page once they have read what waits. */
  readonly #late = new Set<ServerResponse>();
  #isOver = false;
  /** Browsers that were sent all of it, to its end. */
  #satisfied = 0;
  #onChange = () => {};

  /** `whole` gives the text of the page as it stands. */
  constructor(whole: () => string) {
    this.#whole = whole;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Sends the page to one browser, and what comes after it for as long as that stays. */
  open(response: ServerResponse): void {
    if (this.#readers.size >= MOST_READERS) {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`retry: ${RETRY_MS}\n\n`);
    response.on("close", () => {
      this.#readers.delete(response);
      this.#late.delete(response);
      if (response.writableFinished && this.#isOver) this.#satisfied++;
      this.#onChange();
    });
    response.on("drain", () => {
      if (this.#late.delete(response)) this.#sendWhole(response);
    });
    this.#sendWhole(response);
    if (this.#isOver) close(response);
  }

  /** What `text` gives is asked for only where a browser is there. */
  send(text: () => string): void {
    if (this.#readers.size === 0) return;
    const event = eventText(PAGE_EVENTS.change, text());
    for (const [response, most] of this.#readers) {
      if (this.#late.has(response)) continue;
      if (response.writableLength > most) this.#late.add(response);
      else response.write(event);
    }
  }

  /**
   * Sends the whole page once more, as its last state, and resolves once every browser has it: those that are there, and at least `least`;
   * or after `patienceMs`.
   */
  async end(least: number, patienceMs: number): Promise<void> {
    this.#isOver = true;
    for (const response of [...this.#readers.keys()]) {
      this.#sendWhole(response);
      close(response);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patienceMs);
    this.#onChange = () => {
      if (this.#readers.size === 0 && this.#satisfied >= least) resolve();
    };
    this.#onChange();
    await promise;
    clearTimeout(timer);
  }

  #sendWhole(response: ServerResponse): void {
    const event = eventText(PAGE_EVENTS.page, this.#whole());
    this.#readers.set(response, event.length + MOST_WAITING_BYTES);
    response.write(event);
  }
}

function close(response: ServerResponse): void {
  response.end(eventText(PAGE_EVENTS.end, ""));
}

/** JSON has no line ends outside its strings, and none unescaped within. */
const eventText = (name: string, json: string) => `event: ${name}\ndata: ${json}\n\n`;
