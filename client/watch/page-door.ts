/**
 * Who may see a page that is served on the loopback interface: every user of this machine, and every page in its browsers, can reach that.
 * Only the owner of the terminal knows the token. A browser's request must be from the page itself, or from its address bar, under the
 * address that was printed: a name server may point any other name to this machine.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What a request is for, or the status that refuses it. */
export type Asked = "page" | "events" | "entrance" | 403 | 404 | 405;

export interface Door {
  readonly port: number;
  /** The page's path, for as long as it is served. */
  readonly token: string;
  /** The path that a browser is opened with, which other users see in its command line: good for one request. */
  readonly once: string | undefined;
}

export type Head = Pick<IncomingMessage, "method" | "url" | "headers">;

/** By the head alone. A wrong token, a path below the right one and a file's name are all the same 404. */
export function askedFor({ method, url = "", headers }: Head, { port, token, once }: Door): Asked {
  const { host, origin } = headers;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (host === undefined || !hosts.includes(host)) return 403;
  if (origin !== undefined && origin !== `http://${host}`) return 403;
  if (method !== "GET") return 405;
  const [, given = "", rest] = /^\/([A-Za-z0-9_-]{1,100})(\/(?:events)?)?$/.exec(url) ?? [];
  // Both are compared, so that the time tells neither.
  const isPage = isSame(given, token);
  const isEntrance = once !== undefined && isSame(given, once);
  if (isPage && rest !== undefined) return rest === "/" ? "page" : "events";
  return isEntrance && rest === undefined ? "entrance" : 404;
}

/** In a time that does not depend on where they differ. */
const isSame = (one: string, other: string) => timingSafeEqual(hashOf(one), hashOf(other));

const hashOf = (text: string) => createHash("sha256").update(text).digest();
