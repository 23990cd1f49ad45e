import { Redis } from "ioredis";
import { printable } from "../../validation/printable.ts";
import { LineConnector } from "./line.ts";
import type { RedisPlace } from "./redis-url.ts";

/** Where a command is not answered for this time, the line is cut or the server without power. */
const SILENCE_MS = 5_000;
/** A connection that is not made by then is tried anew, so that at most this passes after a line came back. */
const CONNECT_MS = 1_500;
const LONGEST_PAUSE_MS = 250;
/** A server that reads its file again is asked this often whether it has. */
const LOADING_PAUSE_MS = 500;
const SHUT = "it closed the connection";
const NO_ANSWER = `no answer for ${SILENCE_MS / 1000} s`;

export interface ConnectionNews {
  /** Called with a sentence, once each time that the connection is lost or cannot be made. */
  readonly onLost?: ((sentence: string) => void) | undefined;
  /** Called with a sentence, once each time that it is there again. */
  readonly onBack?: ((sentence: string) => void) | undefined;
  /** Where it is lost for this time (ms) it is not made again, and all commands fail. */
  readonly patienceMs?: number | undefined;
  /** Called with the reason before they do. */
  readonly onGivenUp?: ((why: string) => void) | undefined;
}

/**
 * A connection that is made anew, for ever unless `patienceMs` says otherwise. What was sent and not answered is then sent again: a command
 * may be carried out twice, and none fails because a line is cut.
 */
export function connect(place: RedisPlace, news: ConnectionNews = {}): Redis {
  const { onLost, onBack, onGivenUp, patienceMs = Number.POSITIVE_INFINITY } = news;
  const { host, port, db, user, password, tls } = place;
  let lostAtMs: number | undefined;
  let why = SHUT;
  const redis = new Redis({
    ...{ host, port, db },
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
    ...{ connectTimeout: CONNECT_MS, socketTimeout: SILENCE_MS, maxLoadingRetryTime: LOADING_PAUSE_MS },
    maxRetriesPerRequest: null,
    Connector: LineConnector,
    protocol: 2,
    retryStrategy(attempt) {
      if (lostAtMs === undefined || performance.now() - lostAtMs < patienceMs)
        return Math.min(50 * attempt, LONGEST_PAUSE_MS);
      onGivenUp?.(why);
      return null;
    },
    disableClientInfo: true,
  });
  redis.on("error", (error: Error) => {
    // The command of a refused greeting has the password among its arguments.
    Reflect.deleteProperty(error, "command");
    why = connectionFault(error);
  });
  redis.on("close", () => {
    if (lostAtMs === undefined)
      onLost?.(`Redis at ${place.shown} is out of reach (${why}); trying again until it is there.`);
    lostAtMs ??= performance.now();
  });
  redis.on("ready", () => {
    if (lostAtMs !== undefined) onBack?.(`Redis at ${place.shown} is there again.`);
    [lostAtMs, why] = [undefined, SHUT];
  });
  return redis;
}

/** Why there is no connection. Several addresses of one host fail each for itself, and their common error says nothing. */
export function connectionFault(error: unknown): string {
  const errors = error instanceof AggregateError ? error.errors : [error];
  const reasons = errors.map((each) => (each instanceof Error ? each.message : String(each)));
  return printable(reasons.map((each) => each.replace(/^Socket timeout\..*/, NO_ANSWER)).join(", "));
}
