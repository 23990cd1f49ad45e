import type { Agent, request } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";

/** Requests by one protocol, over connections that are kept. */
export interface Transport {
  readonly request: typeof request;
  readonly agent: Agent;
  /** Opens a connection at once, which the first request takes over. One that fails is forgotten: that request makes its own. */
  prepare(url: URL): void;
}

const SOCKETS = 50;
const PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

let trusted: SecureContext | undefined;

/** `connect` makes connections in the place of sockets. */
export function makeTransport(protocol: string, connect?: () => Duplex): Transport {
  const isSecure = protocol !== "http:";
  // Loads TLS only for https: it takes 8 ms of a cold start, which an embedded cloud does not need.
  const { Agent, request } = process.getBuiltinModule(isSecure ? "node:https" : "node:http");
  const agent = new Agent({
    keepAlive: true,
    maxSockets: SOCKETS,
    ...(isSecure && { secureContext: trust() }),
  });
  if (connect) agent.createConnection = connect;
  return {
    request,
    agent,
    prepare({ protocol, hostname: host, port }) {
      const make = agent.createConnection;
      const options = { host, port: port || PORTS[protocol], keepAlive: true, noDelay: true };
      const { isIP } = process.getBuiltinModule("node:net");
      const secure = isSecure && { secureContext: trust(), ...(!isIP(host) && { servername: host }) };
      let prepared = make.call(agent, { ...options, ...secure } as never) as Socket | undefined;
      const forget = () => {
        prepared = undefined;
      };
      prepared?.on("error", forget).on("close", forget).unref();
      agent.createConnection = (...args) => {
        const socket = prepared;
        prepared = undefined;
        return socket?.ref() ?? make.apply(agent, args);
      };
    },
  };
}

/** Node reads the certificates that it trusts when it is first asked to trust any, in 5 ms: here that is while a function starts. */
function trust(): SecureContext {
  trusted ??= process.getBuiltinModule("node:tls").createSecureContext();
  return trusted;
}
