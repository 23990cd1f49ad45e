/** All runs of a session: peers in turn, round by round, each in a folder of its own that goes in the end. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measure } from "./measure.ts";
import type { Job, Peer } from "./peers.ts";
import { JOBS, NOOPS, REPEATS, type Run, type Runs } from "./tables.ts";

const TIMEOUT_MS = 600_000;
/** Nobody waits for three runs of those whose empty tasks take longer. */
const LONG_MS = 10_000;
const SAMPLE_EVERY_MS = { small: 20, large: 100 };

type Kind = keyof typeof REPEATS;
type Recorded = Record<Kind, Record<string, Run[]>>;

/** Throws where a program fails, takes too long or gets another sum. */
export async function measureAll(peers: readonly Peer[]): Promise<Record<Kind, Runs>> {
  const session = mkdtempSync(join(tmpdir(), "peers-"));
  const runs: Recorded = { small: {}, large: {}, noop: {} };
  try {
    for (const kind of ["small", "large", "noop"] as const) {
      // Round 0 fills caches and builds what is missing; its time is not counted.
      for (let round = kind === "small" ? 0 : 1; round <= REPEATS[kind]; round++) {
        for (const peer of peers) {
          const before = runs[kind][peer.name] ?? [];
          if (peer.skips.includes(kind)) continue;
          if (kind === "noop" && before.some(({ wholeMs }) => wholeMs > LONG_MS)) continue;
          const measured = await runOnce(peer, kind, round, join(session, peer.name));
          runs[kind][peer.name] = [...before, measured];
        }
      }
    }
  } finally {
    rmSync(session, { recursive: true, force: true, maxRetries: 5 });
  }
  return runs;
}

/** `folder` is for HOME and temporary files, which stay for the next run as they would for a user. */
async function runOnce(peer: Peer, kind: Kind, round: number, folder: string): Promise<Run> {
  mkdirSync(folder, { recursive: true });
  const job: Job = kind === "noop" ? ["noop", peer.noops ?? NOOPS] : ["compute", JOBS[kind].size];
  const sampled = (kind === "small" && round === 0) || (kind === "large" && round === REPEATS.large);
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
