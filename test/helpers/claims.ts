import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { bootId, type Claim } from "../../client/job-folder/claim/claim-file.ts";

export const CLAIMER = join(import.meta.dirname, "../fixtures/claimer.ts");

/** A claim as a process leaves it that was killed; `more` puts it on another machine, say. Returns its path. */
export function leaveClaim(folder: string, more: Partial<Claim> = {}, name = "00000000deadbeef"): string {
  const path = join(folder, `running-${name}.json`);
  const kernel = { boot: bootId(), device: statSync(folder).dev };
  const lines = [{ host: "here", pid: 999_999_999 }, { ...kernel, ...more }, { held: true }];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

/** What is left of claims. */
export const claimsIn = (folder: string) => readdirSync(folder).filter((name) => name.startsWith("running"));

/** A process that claims what it is told to. */
export function startClaimer(): { child: ChildProcess; claim: (folder: string) => Promise<string> } {
  const child = fork(CLAIMER, { execArgv: ["--no-warnings"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    child,
    claim: async (folder) => {
      child.send(folder);
      const [answer] = await once(child, "message");
      return answer;
    },
  };
}

/** Whether the process ended, to its last thread, and its parent has not waited for it. */
export function isZombie(pid: number): boolean {
  const isOver = /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  return isOver && readdirSync(`/proc/${pid}/task`).length === 1;
}
