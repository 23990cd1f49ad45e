/** Standing workers on other machines, started over ssh and tied to this process: they end when it does, or when the connection does. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { DRAIN, STILL_HERE_MS, type TiedOrders } from "./tie.ts";

/** No option of ssh's, whatever the user's name for a machine is. */
const HOST = /^[A-Za-z0-9_[][A-Za-z0-9_.:@%[\]-]*$/;
/** ssh gives a machine up that says nothing for this long (s), as the machine does with us. */
const SILENCE = ["ServerAliveInterval=15", "ServerAliveCountMax=4", "ConnectTimeout=15"];

export interface OverSshOptions {
  /** What ssh takes after -o, such as `Port=2222`. */
  readonly sshOptions: readonly string[];
  /** What starts manyhands there, by the shell of that machine. */
  readonly command: string;
  readonly orders: TiedOrders;
  /** Aborted: each finishes what it has begun. */
  readonly signal: AbortSignal;
  readonly onLine: (line: HostLine) => void;
}

/** What a machine's worker printed, or what became of its connection. */
interface HostLine {
  readonly host: string;
  readonly to: "stdout" | "stderr";
  readonly line: string;
}

/** The machines of a list such as `host1,me@host2`. Throws InvalidInputError. */
export function hostsOf(list: string): readonly string[] {
  const hosts = list.split(",").map((host) => host.trim());
  const odd = hosts.find((host) => !HOST.test(host));
  if (odd !== undefined)
    throw new InvalidInputError("--on", "machines as ssh names them, with commas between", show(odd));
  return [...new Set(hosts)];
}

/**
 * Starts a worker on each host and waits until all have ended. Returns the exit code of the first one that failed, or 0. A machine whose
 * connection ends is told of, and the others go on.
 */
export async function workOn(hosts: readonly string[], options: OverSshOptions): Promise<number> {
  const codes = await Promise.all(hosts.map((host) => workThere(host, options)));
  return codes.find((code) => code !== 0) ?? 0;
}

async function workThere(host: string, options: OverSshOptions): Promise<number> {
  const { sshOptions, command, orders, signal, onLine } = options;
  const all = ["BatchMode=yes", ...sshOptions, ...SILENCE].flatMap((option) => ["-o", option]);
  // A session of its own: Ctrl-C would end ssh, and so the worker, before it has finished anything.
  const ssh = spawn("ssh", ["-T", ...all, "--", host, `${command} worker --tied`], {
    ...{ stdio: ["pipe", "pipe", "pipe"], detached: true },
  });
  const { stdin } = ssh;
  stdin.on("error", () => {}); // it has ended, which its exit says
  stdin.write(`${JSON.stringify(orders)}\n`);
  // A machine that is cut off hears nothing, and ends its worker.
  const here = setInterval(() => stdin.write("\n"), STILL_HERE_MS);
  const drain = () => stdin.write(`${DRAIN}\n`);
  if (signal.aborted) drain();
  signal.addEventListener("abort", drain);
  const printed = (["stdout", "stderr"] as const).map((to) =>
    pass(ssh, to, (line) => onLine({ host, to, line })),
  );
  try {
    const code = await exitOf(ssh);
    await Promise.all(printed);
    if (code !== 0) onLine({ host, to: "stderr", line: endOf(code) });
    return code === SSH_FAILED ? 1 : code;
  } finally {
    clearInterval(here);
    signal.removeEventListener("abort", drain);
  }
}

const SSH_FAILED = 255;
const endOf = (code: number) =>
  code === SSH_FAILED
    ? "The connection ended: no worker is left there."
    : `The worker ended with exit code ${code}.`;

async function pass(
  ssh: ChildProcess,
  from: "stdout" | "stderr",
  onLine: (line: string) => void,
): Promise<void> {
  for await (const line of createInterface({ input: ssh[from]! })) onLine(line);
}

/** Throws InvalidInputError where there is no ssh. */
function exitOf(ssh: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    ssh.once("error", ({ message }) =>
      reject(new InvalidInputError("--on", "an ssh client on this machine", message)),
    );
    ssh.once("exit", (code) => resolve(code ?? SSH_FAILED));
  });
}
