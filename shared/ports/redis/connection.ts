import { Redis } from "ioredis";
import { printable } from "../../validation/printable.ts";
import type { RedisPlace } from "./redis-url.ts";

/** Where a command is not answered for this time, the line is cut or the server without power. */
const SILENCE_MS = 5_000;
/** A connection that is not made by then is tried anew, so that at most this passes after a line came back. */
const CONNECT_MS = 1_500;
const LONGEST_PAUSE_MS = 250;
/** A server that reads its file again is asked this often whether it has. */
const LOADING_PAUSE_MS = 500;

export interface ConnectionNews {
  /** Called with a sentence, once each time that the connection is lost or cannot be made. */
  readonly onLost?: ((sentence: string) => void) | undefined;
  /** Called with a sentence, once each time that it is there again. */
  readonly onBack?: ((sentence: string) => void) | undefined;
}

/**
 * A connection that is made anew for ever. What was sent and not answered is then sent again: a command may be carried out twice, and
 * none fails because a line is cut.
 */
export function connect(place: RedisPlace, { onLost, onBack }: ConnectionNews = {}): Redis {
  const { host, port, db, user, password, tls } = place;
  const redis = new Redis({
    ...{ host, port, db },
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
    ...{ connectTimeout: CONNECT_MS, socketTimeout: SILENCE_MS, maxLoadingRetryTime: LOADING_PAUSE_MS },
    maxRetriesPerRequest: null,
    protocol: 2,
    retryStrategy: (attempt) => Math.min(50 * attempt, LONGEST_PAUSE_MS),
    disableClientInfo: true,
  });
  let isLost = false;
  let why = "it closed the connection";
  redis.on("error", (error: Error) => {
    // The command of a refused greeting has the password among its arguments.
    Reflect.deleteProperty(error, "command");
    why = connectionFault(error);
  });
  redis.on("close", () => {
    if (!isLost)
      onLost?.(`Redis at ${place.shown} is out of reach (${why}); trying again until it is there.`);
    isLost = true;
  });
  redis.on("ready", () => {
    if (isLost) onBack?.(`Redis at ${place.shown} is there again.`);
    [isLost, why] = [false, "it closed the connection"];
  });
  return redis;
}

/** Why there is no connection. Several addresses of one host fail each for itself, and their common error says nothing. */
export function connectionFault(error: unknown): string {
  const errors = error instanceof AggregateError ? error.errors : [error];
  return printable(errors.map((each) => (each instanceof Error ? each.message : String(each))).join(", "));
}
