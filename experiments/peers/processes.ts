/**
 * The processes that a program started, however deep and detached: they inherit one environment variable, or, where they
 * were given an environment of their own, are children of one that did. Linux only.
 */
import { readdirSync } from "node:fs";
import { parentOf, readProcess } from "../measuring/processes.ts";

export class ProcessFamily {
  readonly variable: { readonly PEERS_RUN: string };
  readonly #known = new Map<string, boolean>();

  constructor(run: string) {
    this.variable = { PEERS_RUN: run };
  }

  /** Ids of those that live now. */
  members(): string[] {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const alive = new Set(pids);
    for (const pid of this.#known.keys()) if (!alive.has(pid)) this.#known.delete(pid);
    // In their order parents mostly come before children.
    const inOrder = pids.sort((a, b) => Number(a) - Number(b));
    return inOrder.filter((pid) => {
      const known = this.#known.get(pid) ?? (this.#belongs(pid) || this.#known.get(parentOf(pid)) === true);
      this.#known.set(pid, known);
      return known;
    });
  }

  /** Memory in MB that all of them have now, pages they share counted once (Pss). */
  memoryMb(): number {
    const kilobytes = this.members().map((pid) => {
      const [, pss] = /^Pss:\s+(\d+) kB/m.exec(readProcess(pid, "smaps_rollup")) ?? [];
      return Number(pss ?? 0);
    });
    return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
  }

  /** Kills what is left, by id; returns how many there were. */
  kill(): number {
    const left = this.members().filter((pid) => readProcess(pid, "smaps_rollup") !== ""); // a zombie has none
    for (const pid of left) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
    return left.length;
  }

  #belongs(pid: string): boolean {
    return readProcess(pid, "environ").includes(`PEERS_RUN=${this.variable.PEERS_RUN}`);
  }
}
