import { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { GetObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import { atMostBytes } from "../../shared/ports/bounded.ts";
import { ManyhandsError } from "../../shared/validation/errors.ts";

/** An answer began and then stalled. */
export class StalledError extends ManyhandsError {
  override readonly name = "StalledError";
  readonly permanent = false;
  /** Tells the SDK to repeat a request whose whole answer it has to read. */
  readonly $retryable = {};

  constructor(what: string, silenceMs: number) {
    super(`Expected ${what} to arrive whole, almost nothing more came for ${silenceMs / 1000} s.`);
  }
}

const SILENCE_MS = 30_000;
/**
 * An answer with fewer bytes within the time counts as stalled: a byte now and then would keep the caller waiting for
 * ever.
 */
const LEAST_BYTES = 1_000;
/**
 * The time is split into this number of looks. A process that was stopped for a while finds one look overdue before it
 * reads what has arrived meanwhile; the others still have their time.
 */
const LOOKS = 3;
/** The limit for every answer except objects, which are read in parts: the largest is a function's answer, 6 MB. */
const MOST_ANSWER_BYTES = 16 * 2 ** 20;

/**
 * The SDK's timeouts end with an answer's first bytes. From then on this checks that more bytes arrive, and no more
 * than an answer has. Otherwise the request fails with StalledError or TooLargeError, and so does reading an object's
 * body.
 */
export function boundBodies(
  client: Pick<S3Client, "middlewareStack"> | { middlewareStack: unknown },
  silenceMs = SILENCE_MS,
): void {
  (client.middlewareStack as S3Client["middlewareStack"]).add(
    (next, { clientName = "", commandName = "" }) =>
      async (args) => {
        const result = await next(args);
        const response = result.response as { body?: unknown };
        const { body } = response;
        if (!(body instanceof IncomingMessage)) return result;
        const { Key } = args.input as Partial<GetObjectCommandInput>;
        const what =
          Key ?? `the answer to ${clientName.replace(/Client$/, "")} ${commandName.replace(/Command$/, "")}`;
        watch(body, what, silenceMs);
        if (commandName !== "GetObjectCommand")
          response.body = Readable.from(atMostBytes(body, MOST_ANSWER_BYTES, what), { objectMode: false });
        return result;
      },
    { step: "deserialize", priority: "low", name: "boundBodies" },
  );
}

function watch(body: IncomingMessage, what: string, silenceMs: number): void {
  let seen = body.socket.bytesRead;
  let silentLooks = 0;
  const look = () => {
    const { bytesRead } = body.socket;
    // Bytes that have arrived and wait to be read here are no stall.
    const isSilent = bytesRead - seen < LEAST_BYTES / LOOKS && body.readableLength === 0;
    silentLooks = isSilent ? silentLooks + 1 : 0;
    seen = bytesRead;
    if (silentLooks === LOOKS) body.destroy(new StalledError(what, silenceMs));
  };
  const timer = setInterval(look, silenceMs / LOOKS).unref();
  body.once("close", () => clearInterval(timer));
}
