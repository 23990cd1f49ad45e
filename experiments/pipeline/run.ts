/** What the pipeline costs by itself: jobs that compute nothing, the embedded cloud's own CPU time, warm and cold starts. */
import { tmpdir } from "node:os";
import { experiment } from "../measuring/experiment.ts";
import { idleBundles, noopRequest } from "../measuring/idle-bundles.ts";
import { runLocalJob } from "../measuring/local-job.ts";
import { inMemory, inTemporaryFolder } from "../measuring/temporary.ts";
import { type CloudCpu, measureCloudCpu } from "./cloud-cpu.ts";
import { measureColdStarts } from "./cold-start.ts";
import { type NoopRun, page, type Results, SETTINGS, type Setting, WARM_REPEATS } from "./page.ts";
import { measureWarmMakespans } from "./warm-run.ts";

const REPEATS = 3;
/** Chunks a side of the array, and elements a side of a chunk. */
const CHUNKS = 100;
const SIDE = 10;

await experiment("pipeline", measure, page);

async function measure(): Promise<Results> {
  const noop: (Setting & { readonly run: NoopRun })[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const setting of SETTINGS) {
      noop.push({ ...setting, run: await runNoop(setting) });
      console.error(JSON.stringify(noop.at(-1)));
    }
  }
  const cloud: CloudCpu[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) cloud.push(await measureCloudCpu());
  const warm = await measureWarmMakespans(WARM_REPEATS);
  return { noop, cloud, warm, cold: await measureColdStarts() };
}

function runNoop({ packing, store }: Setting): Promise<NoopRun> {
  return inTemporaryFolder(
    async (folder) => {
      const request = noopRequest([CHUNKS, CHUNKS], SIDE, packing);
      const { summary, messages, wallMs, used } = await runLocalJob(folder, request, {
        bundles: idleBundles,
      });
      const { splitter, worker, aggregator, client } = used;
      return {
        ...{ chunks: summary.chunks.done, messages, wallMs },
        cpuMs: {
          ...{ splitter: splitter.cpuMs, worker: worker.cpuMs },
          ...{ aggregator: aggregator.cpuMs, cloud: client.cpuMs },
        },
      };
    },
    store === "memory" ? inMemory() : tmpdir(),
  );
}
