import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, test } from "vitest";
import { servePage } from "../../../client/watch/page-server.ts";

const served = await servePage({
  html: () => "<p>the page</p>",
  events: (response) => response.writeHead(200, { "content-type": "text/event-stream" }).end("data: x\n\n"),
});
afterAll(() => served.close());
const { port, pathname } = new URL(served.url);

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Not by fetch, which chooses its Host itself and mends paths. */
function ask({ path = pathname, method = "GET", headers = {} }: Asked = {}) {
  return new Promise<{ status: number; body: string; headers: Record<string, unknown> }>(
    (resolve, reject) => {
      const asking = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
        text(response).then((body) => {
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers });
        }, reject);
      });
      asking.once("error", reject).end();
    },
  );
}

test("the address that was printed has the page and its events, which nothing keeps or frames", async () => {
  expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/$/);
  const { status, body, headers } = await ask();
  expect({ status, body }).toEqual({ status: 200, body: "<p>the page</p>" });
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "content-security-policy": "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  expect(headers).not.toHaveProperty("access-control-allow-origin");
  const events = await ask({ path: `${pathname}events`, headers: { origin: new URL(served.url).origin } });
  expect(events).toMatchObject({ status: 200, body: "data: x\n\n" });
});

describe("refused is", () => {
  const wrong = `/${"A".repeat(43)}/`;
  test.each<[string, Asked, number]>([
    ["another Host, which a name server points here", { headers: { host: `attacker.example:${port}` } }, 403],
    ["a Host without the port", { headers: { host: "127.0.0.1" } }, 403],
    ["another port's Host", { headers: { host: "127.0.0.1:1" } }, 403],
    ["a page of another origin", { headers: { origin: "https://attacker.example" } }, 403],
    ["a page without an origin", { headers: { origin: "null" } }, 403],
    ["another port's page", { headers: { origin: "http://127.0.0.1:1" } }, 403],
    ["POST", { method: "POST" }, 405],
    ["HEAD", { method: "HEAD" }, 405],
    ["a wrong token", { path: wrong }, 404],
    ["a wrong token's events", { path: `${wrong}events` }, 404],
    ["no token", { path: "/" }, 404],
    ["the token's beginning", { path: `${pathname.slice(0, -2)}/` }, 404],
    ["the token without its slash", { path: pathname.slice(0, -1) }, 404],
    ["a way out of the page", { path: `${pathname}../../../etc/passwd` }, 404],
    ["an encoded way out", { path: `${pathname}%2e%2e%2fetc%2fpasswd` }, 404],
    ["a file", { path: `${pathname}summary.json` }, 404],
    ["a query", { path: `${pathname}?x=1` }, 404],
    ["a whole address in place of a path", { path: `http://127.0.0.1:${port}${pathname}` }, 404],
  ])("%s", async (_, asked, status) => {
    expect(await ask(asked)).toMatchObject({ status, body: "" });
  });
});

test("the way in that a browser's command line shows leads there once", async () => {
  const path = new URL(served.entrance).pathname;
  expect(path).not.toContain(pathname.slice(1, -1));
  expect(await ask({ path, headers: { host: "attacker.example" } })).toMatchObject({ status: 403 });
  expect(await ask({ path })).toMatchObject({ status: 303, headers: { location: pathname } });
  expect(await ask({ path })).toMatchObject({ status: 404 });
});
