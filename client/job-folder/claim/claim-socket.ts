import { closeSync, constants, lstatSync, openSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";

/**
 * A socket without traffic: it listens for exactly as long as its process lives, however busy that is. The kernel tells
 * every process of the machine, in other containers too.
 */

/** Listens at that name in the folder. Undefined if the file system has no sockets, or the path is too long for one. */
export async function listenIn(folder: string, name: string): Promise<Server | undefined> {
  const server = createServer((caller) => caller.destroy());
  const isListening = await viaDescriptor(
    folder,
    (reachable) =>
      new Promise<boolean>((resolve) => {
        server.once("listening", () => resolve(true)).on("error", () => resolve(false));
        server.listen(join(reachable, name));
      }),
  );
  return isListening ? server.unref() : undefined;
}

/** Whether a process listens there; undefined if this process may not ask. */
export async function isListening(folder: string, name: string): Promise<boolean | undefined> {
  // Checked first: connect(2) would follow a link.
  if (!lstatSync(join(folder, name), { throwIfNoEntry: false })?.isSocket()) return false;
  return viaDescriptor(
    folder,
    (reachable) =>
      new Promise<boolean | undefined>((resolve) => {
        const caller = connect(join(reachable, name));
        caller.once("connect", () => {
          caller.destroy();
          resolve(true);
        });
        caller.once("error", ({ code = "" }: NodeJS.ErrnoException) => {
          // EAGAIN: a process listens, and its queue is full.
          resolve(code === "EAGAIN" ? true : NOBODY.has(code) ? false : undefined);
        });
      }),
  );
}

const NOBODY: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOENT"]);

/** A socket's path has at most 107 bytes. Linux reaches any folder by an open descriptor of it. */
async function viaDescriptor<Result>(folder: string, use: (reachable: string) => Promise<Result>) {
  if (process.platform !== "linux") return use(folder);
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return await use(`/proc/self/fd/${descriptor}`);
  } finally {
    closeSync(descriptor);
  }
}
