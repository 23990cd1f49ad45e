import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A line to a local port that can be cut as a cable is: both ends stay connected, and nothing arrives any more. */
export async function cuttableLine(port: number) {
  let isCut = false;
  let isLosing = false;
  const sockets = new Set<Socket>();
  const kept = (socket: Socket) => {
    sockets.add(socket);
    return socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  };
  const unheard = new Set<Socket>();
  const server = createServer((near) => {
    if (isCut) {
      unheard.add(kept(near));
      return;
    }
    const far = kept(connect(port, "127.0.0.1"));
    kept(near).on("data", (data) => isCut || far.write(data));
    far.on("data", (data) => {
      if (isCut) return;
      if (!isLosing) near.write(data);
      else {
        isLosing = false;
        near.destroy();
      }
    });
    // What was connected while the line was cut never hears of anything.
    const end = (other: Socket) => () => isCut || other.destroy();
    near.on("close", end(far));
    far.on("close", end(near));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Expected a port.");
  return {
    url: `redis://127.0.0.1:${address.port}`,
    cut() {
      isCut = true;
    },
    /** What was connected before stays dead, as after a power cut. */
    mend() {
      for (const socket of sockets) socket.removeAllListeners("data");
      for (const socket of unheard) socket.destroy();
      unheard.clear();
      isCut = false;
    },
    /** The next thing that the server says never arrives: the connection breaks instead. */
    loseAnswer() {
      isLosing = true;
    },
  };
}
