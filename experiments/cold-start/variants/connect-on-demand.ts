/** Stands in for shared/ports/aws/transport.ts: certificates are read and connections made by the first request. */
import type { Transport } from "../../../shared/ports/aws/transport.ts";

export function makeTransport(protocol: string): Transport {
  const { Agent, request } = process.getBuiltinModule(protocol === "http:" ? "node:http" : "node:https");
  return { request, agent: new Agent({ keepAlive: true, maxSockets: 50 }), prepare: () => {} };
}
