/** TCP, or TLS, to a Redis. */
import { Socket } from "node:net";
import { connect as startTls } from "node:tls";
import { AbstractConnector, type RedisOptions } from "ioredis";

const FAREWELL_MS = 2_000;

/**
 * A connection that is reset where it is given up. After a mere close the kernel goes on sending what was not confirmed, for a minute and
 * a half: when a cable is in again the Redis would carry out commands that a new connection has repeated long since, and messages that
 * it gives to an old one are lost for 30 s.
 */
class Line extends Socket {
  #why: Error | undefined;
  #isGivenUp = false;

  override destroy(error?: Error): this {
    if (this.#isGivenUp || this.pending || this.writableEnded) return super.destroy(error ?? this.#why);
    [this.#isGivenUp, this.#why] = [true, error];
    // It destroys, without an error.
    return this.resetAndDestroy();
  }
}

/** What ioredis takes connections from. */
export class LineConnector extends AbstractConnector {
  readonly #options: RedisOptions;

  constructor(options: unknown) {
    super(FAREWELL_MS);
    this.#options = options as RedisOptions;
  }

  override async connect(): Promise<Socket> {
    const { host = "", port = 0, tls } = this.#options;
    this.connecting = true;
    const line = new Line().connect({ host, port });
    this.stream = tls ? startTls({ ...tls, host, socket: line }) : line;
    return this.stream.once("error", (error: Error) => {
      this.firstError = error;
    });
  }
}
