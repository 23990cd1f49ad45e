import { expect, test } from "vitest";
import { aggregate } from "../../../functions/aggregator/aggregate.ts";
import { split } from "../../../functions/splitter/split.ts";
import { work } from "../../../functions/worker/work.ts";
import type { Kernels } from "../../../shared/kernels/loader.ts";
import { KERNELS } from "../../../shared/kernels/registry.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { parseResultMessage, type ReportMessage } from "../../../shared/messages/chunk-report.ts";
import { cancelJob } from "../../../shared/record/control.ts";
import { storedArray } from "../../helpers/arrays.ts";
import { kernelsWith } from "../../helpers/kernels.ts";
import { JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

const request = { ...JOB_OF_25_CHUNKS, chunksPerMessage: 25, output: { plots: true } };
const delivery = {
  worker: { requestId: "r", logStream: "worker-1", coldStart: false, initMs: null },
  receiveCount: 1,
};

/** A loader that reads the kernel from somewhere first, as from a file or a bucket. */
function fromAfar(get: Kernels["get"] = (named) => kernelsWith().get(named)) {
  const asked: string[] = [];
  const kernels: Kernels = {
    keys: () => KERNELS.keys(),
    async get(named) {
      await Promise.resolve();
      asked.push(named.name);
      return get(named);
    },
  };
  return { kernels, asked };
}

test("kernels that a loader brings later compute the same job, and no other kernel is asked for", async () => {
  const { kernels, asked } = fromAfar();
  const stages = new Stages();
  const ports = { ...stages.ports, kernels };
  await split(request, "j", ports);
  const [body = ""] = stages.chunks.take();
  await work(parseChunkMessage(body), delivery, ports);
  const reports = stages.results.take().map((text) => parseResultMessage(text));
  const finished = await aggregate(
    "j",
    reports.filter((message): message is ReportMessage => message.kind === "report"),
    ports,
  );
  expect(finished?.summary.state).toBe("complete");
  expect(new Set(asked)).toEqual(new Set(["mandelbrot"]));

  const usual = new Stages();
  await usual.split({ ...request, output: { plots: false } });
  await usual.runToEnd();
  expect(await storedArray(stages.store, "j")).toEqual(await storedArray(usual.store, "j"));
});

test("a name that the loader does not know is refused with the nearest one that it does", async () => {
  const { kernels } = fromAfar();
  await expect(
    split({ ...request, kernel: "mandelbrod" }, "j", { ...new Stages().ports, kernels }),
  ).rejects.toThrow(
    `Expected kernel to be one of ${[...KERNELS.keys()].join(", ")}, got "mandelbrod". Did you mean mandelbrot?`,
  );
});

test("where a kernel cannot be loaded just now every chunk has a failed attempt, and the message comes again", async () => {
  const { kernels, asked } = fromAfar(() => {
    throw new Error("503 Slow Down");
  });
  const stages = new Stages();
  await stages.split(request);
  const [body = ""] = stages.chunks.take();
  const outcome = await work(parseChunkMessage(body), delivery, { ...stages.ports, kernels });
  expect(outcome).toMatchObject({ computed: [], reissued: [], retry: true });
  expect(outcome.failures).toHaveLength(25);
  expect(outcome.failures[3]).toMatchObject({ chunk: 3, error: "Error: 503 Slow Down", final: false });
  expect(asked).toEqual(["mandelbrot"]);
});

test("no kernel is loaded for a job that was cancelled", async () => {
  const { kernels, asked } = fromAfar();
  const stages = new Stages();
  await stages.split(request);
  const [body = ""] = stages.chunks.take();
  await cancelJob(stages.store, "j", 0);
  expect(await work(parseChunkMessage(body), delivery, { ...stages.ports, kernels })).toMatchObject({
    cancelled: true,
  });
  expect(asked).toEqual([]);
});
