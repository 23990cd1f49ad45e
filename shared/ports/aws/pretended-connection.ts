import { Duplex } from "node:stream";

/** The body of the answer to a request, by its first line; undefined where S3 has no such object. */
export type PretendedAnswer = (requestLine: string) => string | undefined;

const NO_SUCH_KEY = "<Error><Code>NoSuchKey</Code></Error>";
const HEAD_END = "\r\n\r\n";

/**
 * A connection that leads nowhere: each request over it is answered at once, from memory, with what
 * `answer` gives. All happens in microtasks and ticks, before the next turn of the event loop.
 * @example
 * const client = new AwsClient({ ...settings, connect: () => new PretendedConnection(() => "{}") });
 */
export class PretendedConnection extends Duplex {
  readonly #answer: PretendedAnswer;
  #received = "";

  constructor(answer: PretendedAnswer) {
    super();
    this.#answer = answer;
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#received += bytes.toString("latin1");
    const end = this.#received.indexOf(HEAD_END);
    const [, length = 0] =
      /^content-length: (\d+)\r$/im.exec(this.#received.slice(0, Math.max(end, 0))) ?? [];
    if (end >= 0 && this.#received.length >= end + HEAD_END.length + Number(length)) {
      const answer = this.#answer(this.#received.slice(0, this.#received.indexOf("\r\n")));
      this.#received = "";
      const [status, body] = answer === undefined ? ["404 Not Found", NO_SUCH_KEY] : ["200 OK", answer];
      this.push(`HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}${HEAD_END}${body}`);
    }
    done();
  }

  // What Node's agent asks of a socket beside that.
  setTimeout(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
