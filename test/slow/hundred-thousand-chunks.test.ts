import { join } from "node:path";
import { expect, test } from "vitest";
import type { WholeJob } from "../../experiments/load/whole-job.ts";
import { inOwnProcess } from "../../experiments/measuring/own-process.ts";

const WHOLE_JOB = join(import.meta.dirname, "../../experiments/load/whole-job.ts");
const [DOWN, ACROSS] = [250, 400];

/** MB, about twice what was measured (docs/experiments/load.md): a process that held on to what passes through it would need more. */
const MOST_MB = { splitter: 150, worker: 300, aggregator: 350, client: 600 };

test("100,000 chunks go through the embedded cloud, each once, in bounded memory", async () => {
  const job = await inOwnProcess<WholeJob>(WHOLE_JOB, "runWholeJob", DOWN, ACROSS, "auto");
  const { used, messages, wallMs, ...counts } = job;
  const chunks = DOWN * ACROSS;
  expect(counts).toEqual({
    ...{ chunks, state: "complete", done: chunks, stored: chunks, reported: chunks, progressed: chunks },
    ...{ elements: 4 * chunks, sum: 4 * chunks },
  });
  for (const [process, { peakMb }] of Object.entries(used)) {
    expect(peakMb, process).toBeGreaterThan(0);
    expect(peakMb, process).toBeLessThan(MOST_MB[process as keyof typeof MOST_MB]);
  }
});
