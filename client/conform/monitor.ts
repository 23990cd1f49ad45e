import { connect, type Socket } from "node:net";
import type { RedisPlace } from "../../shared/ports/redis/redis-url.ts";

/** A command that a Redis carried out, a script's own commands too. */
export interface Monitored {
  /** Epoch ms, by the server. */
  readonly atMs: number;
  readonly args: readonly string[];
}

const LINE = /^\+(\d+\.\d+) \[[^\]]*\] (.*)$/s;
const ARGUMENT = /"((?:[^"\\]|\\.)*)"/gs;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", a: "\x07", b: "\b" };

/**
 * Tells of all commands of a Redis, as MONITOR does, until the returned socket is destroyed. Not by ioredis, which gives other texts than were
 * sent where these have backslashes.
 */
export async function monitor(
  { host, port, password = "" }: RedisPlace,
  onCommand: (command: Monitored) => void,
): Promise<Socket> {
  const socket = connect(port, host).setEncoding("latin1");
  socket.write(`AUTH ${password}\r\nMONITOR\r\n`);
  const { promise: begun, resolve, reject } = Promise.withResolvers<void>();
  let answers = 0;
  let rest = "";
  socket.on("error", reject).on("data", (text: string) => {
    const lines = (rest + text).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, seconds, given] = LINE.exec(line) ?? [];
      if (given !== undefined) onCommand({ atMs: 1000 * Number(seconds), args: argumentsIn(given) });
      else if (++answers === 2) resolve();
    }
  });
  await begun;
  return socket;
}

function argumentsIn(line: string): string[] {
  return [...line.matchAll(ARGUMENT)].map(([, text = ""]) =>
    Buffer.from(
      text.replace(/\\(x([0-9a-f]{2})|.)/gs, (_, first: string, hex?: string) =>
        hex === undefined ? (ESCAPES[first] ?? first) : String.fromCharCode(Number.parseInt(hex, 16)),
      ),
      "latin1",
    ).toString(),
  );
}
