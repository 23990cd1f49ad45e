/** Where a Redis is, from a URL such as `redis://boss:secret@hub:6379/0`. */
import { InvalidInputError } from "../../validation/errors.ts";
import { printable } from "../../validation/printable.ts";

const DEFAULT_PORT = 6379;
const FORM = "a URL such as redis://host, redis://user@host:6379/0 or rediss://host (TLS)";

/** An address without a trace of the password in `shown`, in JSON and where it is printed as an object. */
export class RedisPlace {
  readonly host: string;
  readonly port: number;
  /** The number of the database. */
  readonly db: number;
  /** Redis's `default` user where it is absent. */
  readonly user: string | undefined;
  readonly tls: boolean;
  /** The URL without its password. */
  readonly shown: string;
  readonly #password: string | undefined;

  constructor(
    place: Omit<RedisPlace, "shown" | "shownFor" | "password" | "url">,
    password: string | undefined,
  ) {
    const { host, port, db, user, tls } = place;
    [this.host, this.port, this.db, this.user, this.tls] = [host, port, db, user, tls];
    this.#password = password;
    this.shown = user === undefined ? this.#urlFor("") : this.shownFor(user);
  }

  get password(): string | undefined {
    return this.#password;
  }

  /** The URL with its password: for a child process's environment, and for nothing that anyone sees. */
  get url(): string {
    const password = this.#password === undefined ? "" : `:${encodeURIComponent(this.#password)}`;
    const who = `${encodeURIComponent(this.user ?? "")}${password}`;
    return this.#urlFor(who && `${who}@`);
  }

  /** `shown`, for another user. */
  shownFor(user: string): string {
    return this.#urlFor(`${encodeURIComponent(user)}@`);
  }

  #urlFor(who: string): string {
    const host = this.host.includes(":") ? `[${this.host}]` : this.host;
    return `${this.tls ? "rediss" : "redis"}://${who}${host}:${this.port}${this.db > 0 ? `/${this.db}` : ""}`;
  }
}

/**
 * The place that a URL names. Its password comes from the URL, else from `password` (the environment's REDIS_PASSWORD). Throws
 * InvalidInputError, which shows no password.
 * @example
 * redisPlace("redis://boss@hub", "secret").shown; // "redis://boss@hub:6379"
 */
export function redisPlace(url: string, password?: string, field = "--redis"): RedisPlace {
  const refuse = (expected: string) => new InvalidInputError(field, expected, masked(url));
  if (!URL.canParse(url)) throw refuse(FORM);
  const { protocol, hostname, port, username, password: inUrl, pathname, search, hash } = new URL(url);
  if (protocol !== "redis:" && protocol !== "rediss:") throw refuse(FORM);
  if (hostname === "") throw refuse(FORM);
  if (search !== "" || hash !== "") throw refuse("a URL without ? and #");
  const db = /^\/?(\d{0,5})$/.exec(pathname);
  if (!db) throw refuse("a URL whose path is a database's number, as in redis://host/0");
  return new RedisPlace(
    {
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: port === "" ? DEFAULT_PORT : Number(port),
      db: Number(db[1]),
      user: username === "" ? undefined : unescaped(username, refuse),
      tls: protocol === "rediss:",
    },
    (inUrl === "" ? undefined : unescaped(inUrl, refuse)) ?? (password || undefined),
  );
}

function unescaped(text: string, refuse: (expected: string) => Error): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse("a URL whose user and password have % only before two hexadecimal digits");
  }
}

/** What was given, without what may be a password: all that stands before the last @. */
function masked(url: string): string {
  return JSON.stringify(printable(url.replace(/^([a-z]*:\/\/)?.*@/is, "$1…@")).slice(0, 200));
}
