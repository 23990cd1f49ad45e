/** A line to a Redis that breaks at certain commands, whichever connection they come on. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** `before`: the command never arrives. `after`: Redis carries it out, and the connection is gone before the answer. */
export type Break = "before" | "after";

export interface BreakingLine {
  readonly url: string;
  /** Commands that came so far. */
  readonly commands: number;
  close(): void;
}

/** Asks `strike` at each command, counted from 1: what it gives happens then. */
export async function breakingLine(
  port: number,
  strike: (command: number) => Break | undefined,
): Promise<BreakingLine> {
  let commands = 0;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    let isLosing = false;
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", end).on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    let rest = Buffer.alloc(0);
    near.on("data", (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      for (let length = commandIn(rest); length > 0 && !isLosing; length = commandIn(rest)) {
        const struck = strike(++commands);
        if (struck === "before") return end();
        far.write(rest.subarray(0, length));
        rest = rest.subarray(length);
        isLosing = struck === "after";
      }
    });
    far.on("data", (data: Buffer) => (isLosing ? end() : near.write(data)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get commands() {
      return commands;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The bytes of the first whole command, an array of bulk strings; 0 where it is not there yet. */
function commandIn(bytes: Buffer): number {
  let at = 0;
  const line = (): number | undefined => {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return undefined;
    const value = Number(bytes.toString("latin1", at + 1, end));
    at = end + 2;
    return value;
  };
  const words = line();
  if (words === undefined) return 0;
  for (let k = 0; k < words; k++) {
    const length = line();
    if (length === undefined || bytes.length < at + length + 2) return 0;
    at += length + 2;
  }
  return at;
}
