/** Sentences for what a Redis answers in place of what was asked for. */
import { InvalidInputError } from "../../validation/errors.ts";
import { connectionFault } from "./connection.ts";
import type { RedisPlace } from "./redis-url.ts";
import { isForbidden, isReply } from "./scripts.ts";

const PASSWORD = "The user is in the URL, the password there or in REDIS_PASSWORD.";
const SECURITY = "docs/machines.md, Security, has what to do.";

type Sentence = readonly [expected: string, received: string, hint: string];

const REPLIES: Readonly<Record<string, Sentence>> = {
  WRONGPASS: ["open to this user and password", "a refusal (WRONGPASS)", PASSWORD],
  NOAUTH: ["open without a password", "a refusal (NOAUTH)", PASSWORD],
  DENIED: ["open to other machines", "a refusal (DENIED: protected mode)", SECURITY],
};

/** The sentence for what a Redis says to a command, or for what became of the connection; an error of ours as it is. */
export function refusal<Thrown>(place: RedisPlace, error: Thrown): Thrown | InvalidInputError {
  if (!(error instanceof Error) || "permanent" in error) return error;
  const at = `Redis at ${place.shown}`;
  const [, sentence] = Object.entries(REPLIES).find(([code]) => isReply(error, code)) ?? [];
  if (sentence) return new InvalidInputError(at, ...sentence);
  const fault = connectionFault(error);
  if (isForbidden(error)) return new InvalidInputError(at, "willing", fault, SECURITY);
  return new InvalidInputError(at, "there", fault, tlsHint(place, error));
}

function tlsHint({ tls }: RedisPlace, error: NodeJS.ErrnoException): string {
  if (tls && (error.code === "ETIMEDOUT" || error.code?.startsWith("ERR_SSL")))
    return "A port without TLS takes redis:// in place of rediss://.";
  if (!tls && (error.code === "ECONNRESET" || error.code === undefined))
    return "A port with TLS takes rediss:// in place of redis://.";
  return "";
}
