import { once } from "node:events";
import { createServer } from "node:net";
import { UsageError } from "./command.ts";

/** LocalStack's address: only this machine can reach it. */
export const HOST = "127.0.0.1";

/** The port itself if it is free, a free one for 0. Throws UsageError if it is in use. */
export async function freePort(port = 0): Promise<number> {
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
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : port;
}
