/** Jobs with a limit on engine local, whose workers are killed: what was metered is never more. */
import { expect, test } from "vitest";
import { Progress } from "../../api/progress.ts";
import { localEngine } from "../../client/engines/local.ts";
import { seededRandom } from "../../client/local/seeded-random.ts";
import { resumption } from "../../shared/messages/resumption.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const SEEDS = [1, 2, 3, 4, 5, 6];
/** 64 messages of some 300 ms. */
const PENDULUM = {
  ...{ kernel: "double-pendulum", points: [520, 520], chunk: [65, 65], chunksPerMessage: 1 },
  output: { plots: false },
};

let kills = 0;

test.for(SEEDS)("seed %d: killed workers and shuffled messages, and a resumption", async (seed) => {
  const random = seededRandom(seed);
  const maxUsd = 0.0035 + 0.003 * random();
  const folder = temporaryFolder();
  const watch = { progress: new Progress(1e6, 1), signal: new AbortController().signal };
  const run = async (request: object) => {
    let deliveries = 0;
    const engine = localEngine({
      shuffleSeed: seed,
      // A slot is worth less then, and more of the limit is spent.
      timeoutMs: 3_000,
      onSlots: (pids) => {
        slots = pids;
      },
      onAnswered: ({ method, url, headers }) => {
        const isChunk =
          method === "PUT" && url?.includes("/array/") && headers.authorization?.includes("=worker/");
        if (!isChunk || ++deliveries % 5 !== 0 || random() < 0.5) return;
        const [pid] = slots().worker;
        if (pid !== undefined && pid > 0) {
          kills++;
          process.kill(pid, "SIGKILL");
        }
      },
    });
    let slots: () => { readonly worker: number[] } = () => ({ worker: [] });
    return engine({ jobId: "job", request: request as never, folder, workers: 2, ...watch });
  };
  const first = await run({ ...PENDULUM, maxUsd });
  expect(first.summary.cost!.usd).toBeLessThanOrEqual(maxUsd);
  expect(first.summary).toMatchObject({ state: "cancelled", cancelledFor: "budget" });
  const second = await run(resumption("job", { maxUsd: maxUsd + 0.02 }));
  expect(second.summary.cost!.usd).toBeLessThanOrEqual(maxUsd + 0.02);
});

test("workers were killed meanwhile", () => {
  expect(kills).toBeGreaterThanOrEqual(SEEDS.length / 2);
});
