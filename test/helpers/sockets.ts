import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** The state of a socket that takes connections, as /proc/net has it. */
export const LISTENING = "0A";
/** As the kernel lists them: IPv4, and IPv4 in an IPv6 socket; little-endian hexadecimal. */
export const LOOPBACK = /^(\w{6}7F|0000000000000000FFFF0000\w{6}7F|00000000000000000000000001000000)$/;

export interface Socket {
  readonly local: string;
  readonly port: number;
  readonly remote: string;
  readonly state: string;
}

/** The TCP sockets that a process holds. */
export function socketsOf(pid: number): Socket[] {
  const folder = `/proc/${pid}/fd`;
  const inodes = new Set(
    orNothing(() => readdirSync(folder), []).flatMap(
      (fd) => /^socket:\[(\d+)\]$/.exec(orNothing(() => readlinkSync(join(folder, fd)), ""))?.[1] ?? [],
    ),
  );
  if (inodes.size === 0) return [];
  return ["tcp", "tcp6"].flatMap((table) =>
    orNothing(() => readFileSync(`/proc/${pid}/net/${table}`, "utf8"), "")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , , , , , , , inode = ""]) => inodes.has(inode))
      .map(([, here = "", there = "", state = ""]) => {
        const [local = "", port = ""] = here.split(":");
        return { local, port: Number.parseInt(port, 16), remote: there.split(":")[0] ?? "", state };
      }),
  );
}

/** A descriptor may be closed before one looks, and a process have ended. */
function orNothing<Value>(look: () => Value, nothing: Value): Value {
  try {
    return look();
  } catch {
    return nothing;
  }
}

/** A process and those that it started, and those that they did. */
export function familyOf(pid: number): number[] {
  const children = orNothing(() => readdirSync(`/proc/${pid}/task`), []).flatMap((thread) =>
    orNothing(() => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"), "")
      .split(" ")
      .filter(Boolean)
      .map(Number),
  );
  return [pid, ...children.flatMap(familyOf)];
}
