import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { askedFor, type Door } from "./page-door.ts";

/** A token cannot be guessed. */
const TOKEN_BYTES = 32;
const MOST_CONNECTIONS = 64;
/** A request has no body, and its head is a path and a browser's usual headers. */
const MOST_HEAD_BYTES = 16_384;

/** Every answer has them, beside the page's own policy: nothing keeps it, shows it inside of another page, or learns its address. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

export interface Served {
  /** For as long as it is served. */
  readonly url: string;
  /** Leads there once: it may be seen in the command line of a browser. */
  readonly entrance: string;
  close(): Promise<void>;
}

/** What the page is, and what answers where it asks for its events. */
export interface Shown {
  readonly html: () => string;
  readonly events: (response: ServerResponse) => void;
}

/** Serves the page on a free port of 127.0.0.1, under a path that cannot be guessed, and nothing else. */
export async function servePage({ html, events }: Shown): Promise<Served> {
  // Loaded here: other threads of this program need none of it.
  const { createServer } = await import("node:http");
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  let once: string | undefined = randomBytes(TOKEN_BYTES).toString("base64url");
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const door: Door = { port: request.socket.localPort ?? 0, token, once };
    const asked = askedFor(request, door);
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (asked === "events") events(response);
    else if (asked === "page") {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html());
    } else if (asked === "entrance") {
      once = undefined;
      response.writeHead(303, { location: `/${token}/` }).end();
    } else {
      // Closed: the server would read a stranger's body to find the next request.
      const more = asked === 405 ? { allow: "GET" } : {};
      response.writeHead(asked, { connection: "close", "content-length": 0, ...more }).end();
    }
  };
  const server = createServer({ maxHeaderSize: MOST_HEAD_BYTES }, answer);
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    url: `${origin}/${token}/`,
    entrance: `${origin}/${once}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
