/** Machines played by Linux network namespaces: one has the hub of the line, the others a cable to it. It takes root and `ip`. */
import { spawnSync } from "node:child_process";

const run = (...args: string[]) => spawnSync("ip", args, { encoding: "utf8" });

function ip(...args: string[]): string {
  const { status, stdout, stderr } = run(...args);
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Why there can be no machines here; undefined where there can. */
export function noNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return "network namespaces take root";
  const made = run("netns", "add", `mh-try-${process.pid}`).status === 0;
  run("netns", "del", `mh-try-${process.pid}`);
  return made ? undefined : "this system gives no network namespaces";
}

/** A hub and machines around it that reach each other by nothing else. `remove` ends all processes in them. */
export class Network {
  readonly hubAddress = "10.213.7.1";
  readonly #prefix: string;
  readonly #machines: readonly string[];

  /** `prefix` is part of the namespaces' names: no two networks of a process may share it. */
  constructor(prefix: string, machines: readonly string[]) {
    this.#prefix = `mh-${prefix}-${process.pid}`;
    this.#machines = machines;
    try {
      for (const machine of machines) ip("netns", "add", this.#name(machine));
      this.powerOn();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  #name(machine: string): string {
    return `${this.#prefix}-${machine}`;
  }

  /** What runs a command on a machine, for `spawn`: the process that it starts is the command's own. */
  command(machine: string, command: readonly string[]): [file: string, args: string[]] {
    return ["ip", ["netns", "exec", this.#name(machine), ...command]];
  }

  /** Pulls the hub's cable, or puts it in again. */
  setCable(state: "up" | "down"): void {
    ip("-n", this.#name("hub"), "link", "set", "hub", state);
  }

  /** Gives the hub power: it knows nothing of connections from before. */
  powerOn(): void {
    const hub = this.#name("hub");
    ip("netns", "add", hub);
    ip("-n", hub, "link", "set", "lo", "up");
    ip("-n", hub, "link", "add", "hub", "type", "bridge");
    ip("-n", hub, "addr", "add", `${this.hubAddress}/24`, "dev", "hub");
    ip("-n", hub, "link", "set", "hub", "up");
    this.#machines.forEach((machine, k) => {
      const [far, near] = [this.#name(machine), `to-${machine}`];
      ip(...["link", "add", near, "netns", hub, "type", "veth"], ...["peer", "name", "cable", "netns", far]);
      ip("-n", hub, "link", "set", near, "master", "hub", "up");
      ip("-n", far, "addr", "add", `10.213.7.${k + 2}/24`, "dev", "cable");
      ip("-n", far, "link", "set", "cable", "up");
    });
  }

  /** Takes a machine's power: its line falls silent, its processes are gone, and so is all that its kernel knew. */
  powerOff(machine: string): void {
    const name = this.#name(machine);
    // A namespace goes when its last process has; its devices would stay until then.
    const devices = machine === "hub" ? this.#machines.map((each) => `to-${each}`) : ["cable"];
    for (const device of devices) run("-n", name, "link", "del", device);
    for (const pid of run("netns", "pids", name).stdout.split("\n").filter(Boolean))
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {} // it has ended meanwhile
    run("netns", "del", name);
  }

  remove(): void {
    for (const machine of [...this.#machines, "hub"]) this.powerOff(machine);
  }
}
