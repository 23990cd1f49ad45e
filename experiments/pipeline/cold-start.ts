import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { STAGES, type Stage } from "../../shared/build/bundling.ts";
import { ENV } from "../../shared/validation/env.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";

const REPEATS = 15;
const NOWHERE = "http://127.0.0.1:1";

/** Enough for a stage to load; nothing is asked of it. */
const SETTINGS = {
  ...Object.fromEntries(Object.values(ENV).map((name) => [name, "1"])),
  AWS_ENDPOINT_URL: NOWHERE,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "nobody",
  AWS_SECRET_ACCESS_KEY: "nothing",
  [ENV.chunkQueueUrl]: `${NOWHERE}/chunks`,
  [ENV.resultQueueUrl]: `${NOWHERE}/results`,
  [ENV.standsFor]: "arm64 us-east-1 1769",
};

export interface ColdStart {
  readonly stage: Stage | "nothing";
  /** Whether V8's compiled code was kept from an earlier start, as the local slots keep it and Lambda does not. */
  readonly compiled: boolean;
  /** From fork to ready. */
  readonly ms: number;
}

/** Starts new processes in turn that load a stage's bundle, or one that exports nothing. */
export function measureColdStarts(): Promise<ColdStart[]> {
  return inTemporaryFolder(async (folder) => {
    const { slot, ...bundles } = await ensureBundles();
    const nothing = join(folder, "nothing.cjs");
    writeFileSync(nothing, "exports.handler = async () => {};");
    const start = async (stage: ColdStart["stage"], compiled: boolean): Promise<ColdStart> => {
      const started = performance.now();
      const child = fork(slot, [stage === "nothing" ? nothing : bundles[stage], "cold"], {
        execArgv: [],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
        env: { ...SETTINGS, ...(compiled && { NODE_COMPILE_CACHE: join(folder, "cache") }) },
      });
      const died = once(child, "exit").then(() => Promise.reject(new Error(`Expected the ${stage} to load`)));
      died.catch(() => {});
      await Promise.race([once(child, "message"), died]);
      const ms = performance.now() - started;
      child.kill("SIGKILL");
      await once(child, "exit");
      return { stage, compiled, ms };
    };
    const starts: ColdStart[] = [];
    for (let repeat = -1; repeat < REPEATS; repeat++) {
      for (const stage of ["nothing", ...STAGES] as const) {
        for (const compiled of [false, true]) {
          const one = await start(stage, compiled);
          if (repeat >= 0) starts.push(one); // the first fills the cache
        }
      }
    }
    return starts;
  });
}
