import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";

const LISTENS = /^Debugger listening on (ws:\/\/127\.0\.0\.1:\S+)$/m;

/**
 * Connects to the process that waits for a debugger, by the address that its log begins with, and lets it go on.
 * Returns the scripts that it loads, as they come.
 */
export async function attachTo(log: string): Promise<{ url: string; sourceMapURL: string }[]> {
  const address = () => (existsSync(log) && LISTENS.exec(readFileSync(log, "utf8"))?.[1]) || undefined;
  await expect.poll(address, { timeout: 120_000 }).toBeDefined();
  const socket = new WebSocket(address() ?? "");
  const scripts: { url: string; sourceMapURL: string }[] = [];
  const send = (id: number, method: string) => socket.send(JSON.stringify({ id, method }));
  socket.addEventListener("message", ({ data }) => {
    const { method, params } = JSON.parse(data);
    if (method === "Debugger.scriptParsed") scripts.push(params);
    if (method === "Debugger.paused") send(3, "Debugger.resume");
  });
  await once(socket, "open");
  send(1, "Debugger.enable");
  send(2, "Runtime.runIfWaitingForDebugger");
  return scripts;
}
