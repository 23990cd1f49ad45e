import { Redis } from "ioredis";
import { describeError } from "../../validation/errors.ts";
import type { RedisPlace } from "./redis-url.ts";

/** A command that was sent and not answered for so long: the line is cut, or the server without power. */
const SILENCE_MS = 5_000;
/** A connection that is not made by then is tried anew, so that at most this passes after a line came back. */
const CONNECT_MS = 1_500;
const LONGEST_PAUSE_MS = 250;

export interface ConnectionNews {
  /** Once when the connection is lost, or could not be made; with a sentence. */
  onLost?: ((sentence: string) => void) | undefined;
  /** Once when it is there again. */
  onBack?: ((sentence: string) => void) | undefined;
}

/**
 * A connection that is made anew for ever: what was sent and not answered is sent again then. So a command may be carried out twice, and
 * never fails because the line is cut.
 */
export function connect(place: RedisPlace, { onLost, onBack }: ConnectionNews = {}): Redis {
  const { host, port, db, user, password, tls } = place;
  const redis = new Redis({
    ...{ host, port, db },
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: { servername: host } }),
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(50 * attempt, LONGEST_PAUSE_MS),
    disableClientInfo: true,
  });
  let isLost = false;
  let why = "the connection was closed";
  redis.on("error", (error: Error) => {
    why = describeError(error);
  });
  redis.on("close", () => {
    if (!isLost) onLost?.(`Redis at ${place.shown} is not there (${why}); trying again until it is.`);
    isLost = true;
  });
  redis.on("ready", () => {
    if (isLost) onBack?.(`Redis at ${place.shown} is there again.`);
    isLost = false;
  });
  return redis;
}
