/** What the pipeline costs by itself: jobs that compute nothing, the embedded cloud's own CPU time, warm and cold starts. */
import { tmpdir } from "node:os";
import { experiment } from "../measuring/experiment.ts";
import { idleBundles } from "../measuring/idle-bundles.ts";
import { runLocalJob } from "../measuring/local-job.ts";
import { eachProcess } from "../measuring/processes.ts";
import { noopRequest } from "../measuring/requests.ts";
import { inMemory, inTemporaryFolder } from "../measuring/temporary.ts";
import { type CloudCpu, measureCloudCpu } from "./cloud-cpu.ts";
import { measureColdStarts } from "./cold-start.ts";
import { measureOnRedis } from "./on-redis.ts";
import { ON_REDIS, page, SETTINGS, type Setting, WARM_REPEATS } from "./page.ts";
import { measureWarmMakespans } from "./warm-run.ts";

const REPEATS = 3;
/** Chunks a side of the array, and elements a side of a chunk. */
const CHUNKS = 100;
const SIDE = 10;

await experiment("pipeline", measure, page);

/** What results.json holds. */
export type Results = Omit<Measured, "onRedis"> & Partial<Pick<Measured, "onRedis">>;
type Measured = Awaited<ReturnType<typeof measure>>;

async function measure() {
  const noop: (Setting & { readonly run: NoopRun })[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const setting of SETTINGS) {
      noop.push({ ...setting, run: await runNoop(setting) });
      console.error(JSON.stringify(noop.at(-1)));
    }
  }
  const cloud: CloudCpu[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) cloud.push(await measureCloudCpu());
  const onRedis = await measureOnRedis(REPEATS, ON_REDIS, CHUNKS * CHUNKS);
  const warm = await measureWarmMakespans(WARM_REPEATS);
  return { noop, onRedis, cloud, warm, cold: await measureColdStarts() };
}

export type NoopRun = Awaited<ReturnType<typeof runNoop>>;

/** A job of chunks that compute nothing, and the CPU time of its processes; `cloud` is this one, with queues and store. */
function runNoop({ packing, store }: Setting) {
  const request = noopRequest([CHUNKS, CHUNKS], SIDE, packing);
  return inTemporaryFolder(
    async (folder) => {
      const { summary, messages, wallMs, used } = await runLocalJob(folder, request, {
        bundles: idleBundles,
      });
      const { client: cloud, ...stages } = eachProcess(used, ({ cpuMs }) => cpuMs);
      return { chunks: summary.chunks.done, messages, wallMs, cpuMs: { ...stages, cloud } };
    },
    store === "memory" ? inMemory() : tmpdir(),
  );
}
