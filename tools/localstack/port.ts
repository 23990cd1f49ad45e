import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { UsageError } from "./command.ts";

/** LocalStack's address: only this machine can reach it. */
export const HOST = "127.0.0.1";

/** Below those that a system gives to connections: one of these might take a port before the server is up that it is for. */
const DRAWN = [15_000, 32_000] as const;

/** The port itself if it is free, a free one for 0. Throws UsageError if it is in use. */
export async function freePort(port = 0): Promise<number> {
  if (port !== 0) return await expectFree(port);
  for (;;) {
    try {
      return await expectFree(randomInt(...DRAWN));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }
}

async function expectFree(port: number): Promise<number> {
  const server = createServer();
  server.listen(port, HOST);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const problem = code === "EACCES" ? "may not be used by you" : "is in use";
    throw new UsageError(`Expected a free port, but ${port} ${problem}: choose another one with --port.`);
  }
  server.close();
  await once(server, "close");
  return port;
}
