import type { IncomingMessage } from "node:http";
import type { Intercept } from "../../client/local/local-cloud.ts";
import { Exchange } from "../faults/exchange.ts";

/**
 * A line to the embedded cloud that breaks: a request for which `isLost` holds is carried out, and its answer never arrives.
 */
export function lossyLine(isLost: (request: IncomingMessage) => boolean) {
  const requests: string[] = [];
  const intercept: Intercept = async (request, response, emulator) => {
    requests.push(`${request.method} ${request.url}`);
    const exchange = await Exchange.read(request, response, emulator);
    if (!isLost(request)) return exchange.pass();
    await exchange.perform();
    exchange.reset();
  };
  return { intercept, requests };
}
