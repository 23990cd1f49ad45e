import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { makeDoor, refuse } from "./door.ts";
import type { AnsweredRequest } from "./local-cloud.ts";
import { hasSignedHash } from "./signature.ts";

export interface FunctionEndpointOptions {
  /** The secret that requests must be signed with. */
  readonly secret: string;
  /** Runs an event, by the function's name. */
  readonly functions: Readonly<Record<string, (event: unknown) => Promise<unknown>>>;
  /** The maximum of events at work at the same time; others wait. */
  readonly maximumConcurrency: number;
  /** An event that has waited longer is dropped. */
  readonly maxEventAgeMs: number;
  /** Receives each answered request. */
  readonly onAnswered?: ((request: AnsweredRequest) => void) | undefined;
}

/** Takes asynchronous invocations of functions, on a random port of the loopback interface. */
export interface FunctionEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Plays Lambda's asynchronous Invoke: answers an event with 202 and runs it once, or never. */
export async function startFunctionEndpoint(options: FunctionEndpointOptions): Promise<FunctionEndpoint> {
  const { secret, functions, maximumConcurrency, maxEventAgeMs } = options;
  const door = makeDoor(secret, ({ method, url = "" }) => method === "POST" && INVOKE.test(url));
  const waiting: { readonly run: () => Promise<unknown>; readonly sinceMs: number }[] = [];
  let active = 0;
  const next = () => {
    while (active < maximumConcurrency) {
      const event = waiting.shift();
      if (!event) return;
      if (performance.now() - event.sinceMs > maxEventAgeMs) continue;
      active++;
      // No retries: after any outcome, the place is free.
      void event
        .run()
        .catch(() => {})
        .finally(() => {
          active--;
          next();
        });
    }
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    if (!hasSignedHash(request, body)) return refuse(response, "SignatureDoesNotMatch");
    const { method = "", url = "", headers } = request;
    const run = functions[INVOKE.exec(url)?.[1] ?? ""];
    const isKnown = run !== undefined && headers["x-amz-invocation-type"] === "Event";
    const event: unknown = isKnown ? JSON.parse(body.toString()) : undefined;
    const status = isKnown ? 202 : 404;
    response.writeHead(status, isKnown ? {} : { "x-amzn-errortype": "ResourceNotFoundException" }).end();
    options.onAnswered?.({ method, url, headers, body: event, status });
    if (isKnown) waiting.push({ run: () => run(event), sinceMs: performance.now() });
    next();
  };
  // The caller deals with a connection that broke, or a body that is no JSON.
  const server = createServer((request, response) => {
    if (door(request, response)) serve(request, response).catch(() => response.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      waiting.length = 0;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
