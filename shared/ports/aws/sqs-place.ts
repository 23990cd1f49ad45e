/** Where a server is that speaks SQS and is no deployment, such as ElasticMQ, from a URL such as `sqs+http://hub:9324`. */
import { InvalidInputError } from "../../validation/errors.ts";
import { show } from "../../validation/parse.ts";

export interface SqsPlace {
  /** The server's address, as `http://hub:9324`. */
  readonly endpoint: string;
  /** What the names of its four queues begin with. */
  readonly prefix: string;
  /** The URL with all of that. */
  readonly shown: string;
}

const DEFAULT_PREFIX = "manyhands";
const FORM = "a URL such as sqs+http://host:9324 or sqs+https://host/prefix";

/** Whether the text means to be such a URL. */
export const isSqsUrl = (text: string) => /^sqs\+https?:/.test(text);

/**
 * The place that a URL names. Throws InvalidInputError.
 * @example
 * sqsPlace("sqs+http://hub:9324").prefix; // "manyhands": its queues are manyhands-chunks, manyhands-results, and -dead of both
 */
export function sqsPlace(url: string, field = "--queue"): SqsPlace {
  const parsed = isSqsUrl(url) ? URL.parse(url.slice("sqs+".length)) : null;
  if (!parsed) throw new InvalidInputError(field, FORM, show(url));
  const { origin, username, password, pathname, search, hash } = parsed;
  const hint = "Keys are in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.";
  if (username || password)
    throw new InvalidInputError(field, "a URL without user and password", show(`sqs+${origin}`), hint);
  const [, prefix] = /^\/([A-Za-z0-9_-]{1,60})?\/?$/.exec(pathname) ?? [undefined, undefined];
  if (search || hash || (!prefix && pathname !== "/"))
    throw new InvalidInputError(field, `${FORM}, the prefix of letters, digits, - and _`, show(url));
  const named = prefix ?? DEFAULT_PREFIX;
  return { endpoint: origin, prefix: named, shown: `sqs+${origin}/${named}` };
}
