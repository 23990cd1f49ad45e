/** All runs of a session: peers in turn, round by round, each in a folder of its own that goes in the end. */
import { mkdirSync, rmSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { describeError } from "../../shared/validation/errors.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import { measure } from "./measure.ts";
import type { Job, Peer } from "./peers.ts";
import { JOBS, NOOPS, REPEATS, type Results, type Run } from "./tables.ts";

const TIMEOUT_MS = 600_000;
/** A peer that takes longer is run once. */
const LONG_MS = 9_000;
const SAMPLE_EVERY_MS = { small: 20, large: 100 };

type Kind = keyof typeof REPEATS;
type Recorded = Record<Kind, Record<string, Run[]>>;

/** Throws where a program of ours fails, takes too long or gets another sum; of others it tells so. */
export async function measureAll(peers: readonly Peer[]): Promise<Omit<Results, "versions">> {
  const runs: Recorded = { small: {}, large: {}, noop: {} };
  const missing: Record<string, string> = {};
  const load = { small: 0, large: 0, noop: 0 };
  await inTemporaryFolder(async (session) => {
    for (const kind of ["small", "large", "noop"] as const) {
      load[kind] = loadavg()[0] ?? 0;
      // Round 0 fills caches and builds what is missing; its time is not counted.
      for (let round = kind === "small" ? 0 : 1; round <= REPEATS[kind]; round++) {
        for (const peer of peers) {
          const before = runs[kind][peer.name] ?? [];
          if (peer.skips.includes(kind)) continue;
          if (missing[peer.name] !== undefined) continue;
          if (before.some((run) => run.round > 0 && run.wholeMs > LONG_MS)) continue;
          try {
            const measured = await runOnce(peer, kind, round, join(session, peer.name));
            runs[kind][peer.name] = [...before, measured];
          } catch (error) {
            // The others are measured all the same; the page says why this one is not.
            if (peer.ours) throw error;
            missing[peer.name] = describeError(error).trim().split("\n").at(-1) ?? "";
            console.error(`${peer.title}: ${describeError(error)}`);
          }
        }
      }
    }
  });
  return { ...runs, load, missing };
}

/** `folder` is for HOME and temporary files, which stay for the next run as they would for a user. */
async function runOnce(peer: Peer, kind: Kind, round: number, folder: string): Promise<Run> {
  mkdirSync(folder, { recursive: true });
  const job: Job = kind === "noop" ? ["noop", peer.noops ?? NOOPS] : ["compute", JOBS[kind].size];
  const sampled = (kind === "small" && round === 0) || (kind === "large" && round === 1);
  const measured = await measure(peer.program(job, folder), {
    timeoutMs: TIMEOUT_MS,
    ...(sampled && { sampleEveryMs: SAMPLE_EVERY_MS[kind] }),
  });
  rmSync(join(folder, "out"), { recursive: true, force: true });
  if (kind !== "noop" && measured.sum !== JOBS[kind].sum)
    throw new Error(`${peer.title}: the sum is ${measured.sum} instead of ${JOBS[kind].sum}`);
  console.error(
    `${kind} ${round} of ${REPEATS[kind]}, ${peer.title}: ${(measured.wholeMs / 1000).toFixed(2)} s`,
  );
  return { ...measured, round };
}
