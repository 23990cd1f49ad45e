/** A job of empty chunks on a Redis with a warm fleet: a user's kernel from a file, two workers, a message each or as the splitter packs them. */
import { loadavg } from "node:os";
import { join } from "node:path";
import type { RemotePhasesMs } from "../../client/engines/engine.ts";
import { FLEET_PROCESSES, type FleetCpu, withFleet } from "../measuring/redis-fleet.ts";

const NOOP = join(import.meta.dirname, "../measuring/noop.ts");
/** Elements a side of a chunk, and chunks down. */
const SIDE = 10;
const DOWN = 100;
const WARMING = 400;

export interface RedisRun {
  readonly packing: number | "auto";
  readonly chunks: number;
  /** From handing it over until every chunk is stored and reported. */
  readonly wallMs: number;
  /** From the first chunk's beginning to the last one's end. */
  readonly makespanMs: number;
  readonly cpuMs: FleetCpu;
  /** The scripts that Redis ran for a chunk. */
  readonly scripts: number;
  readonly load: number;
}

export function measureOnRedis(
  repeats: number,
  packings: readonly (number | "auto")[],
  chunks: number,
): Promise<RedisRun[]> {
  return withFleet(async ({ run, cpuMs, commands }) => {
    const request = (count: number, chunksPerMessage: number | "auto") => ({
      inputs: {
        y: { from: 0, to: 1, count: DOWN * SIDE },
        x: { from: 0, to: 1, count: (count / DOWN) * SIDE },
      },
      ...{ chunk: [SIDE, SIDE], chunksPerMessage, output: { plots: false } },
    });
    await run(NOOP, request(WARMING, 1));
    const runs: RedisRun[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const packing of packings) {
        await commands();
        const [before, load = 0] = [cpuMs(), ...loadavg()];
        const { phasesMs, summary } = await run(NOOP, request(chunks, packing));
        const after = cpuMs();
        const { evalsha = 0, evalsha_ro = 0 } = await commands();
        const { split, compute, aggregate } = phasesMs as RemotePhasesMs;
        const used = FLEET_PROCESSES.map((name) => [name, after[name] - before[name]]);
        runs.push({
          ...{ packing, chunks: summary.chunks.done, wallMs: split + compute + aggregate, load },
          ...{ makespanMs: summary.makespanMs ?? Number.NaN, cpuMs: Object.fromEntries(used) as FleetCpu },
          scripts: (evalsha + evalsha_ro) / chunks,
        });
        console.error(JSON.stringify(runs.at(-1)));
      }
    }
    return runs;
  });
}
