import { expect, test } from "vitest";
import { npyParts } from "../../../functions/aggregator/npy.ts";
import { chunkMessage } from "../../../shared/messages/chunk-message.ts";
import { type ChunkReport, parseResultMessage } from "../../../shared/messages/chunk-report.ts";
import { builtIn, likeMandelbrot, ofDtype, resolvedJob } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

// Each of these once ended a job badly: found by a reader, not by a property.

const axes = [
  { from: 0, to: 1, count: 4 },
  { from: 0, to: 1, count: 4 },
];
const constant = (name: string, values: readonly number[]) =>
  likeMandelbrot(
    name,
    (_, out) => {
      for (let k = 0; k < out.length; k++) out[k] = values[k % values.length]!;
    },
    ofDtype("float64"),
  );

test("a kernel that yields infinities and NaN ends complete, with a sum of what is finite", async () => {
  const stages = new Stages([
    constant("odd", [Number.POSITIVE_INFINITY, 1, Number.NaN, Number.NEGATIVE_INFINITY]),
  ]);
  await stages.split({ kernel: "odd", grid: { axes }, requestId: "j" });
  expect(await stages.runToEnd()).toMatchObject({ state: "complete", sum: 4, min: 1, max: 1, nonFinite: 12 });
});

test("a sum beyond the largest double is that double, not a report nobody can parse", async () => {
  const stages = new Stages([constant("large", [Number.MAX_VALUE])]);
  await stages.split({ kernel: "large", grid: { axes }, requestId: "j", output: { plots: false } });
  expect(await stages.runToEnd()).toMatchObject({ state: "complete", sum: Number.MAX_VALUE });
});

test("a tile of the wrong size is none: the stored chunk is drawn instead", async () => {
  const heatmaps: Uint8Array[] = [];
  for (const tile of ["keep", "AAAA", ""]) {
    const stages = new Stages();
    await stages.split({ kernel: "mandelbrot", grid: { axes }, requestId: "j" });
    await stages.work(stages.chunks.take()[0] ?? "");
    const report = JSON.parse(stages.results.take()[0] ?? "") as { chunks: ChunkReport[] };
    const chunks = report.chunks.map((chunk) => ({ ...chunk, tile: tile === "keep" ? chunk.tile : tile }));
    expect((await stages.aggregate(JSON.stringify({ ...report, chunks })))?.summary.state).toBe("complete");
    heatmaps.push(stages.store.objects.get("jobs/j/heatmap.png")!);
  }
  expect(heatmaps.every((png) => Buffer.compare(png, heatmaps[0]!) === 0)).toBe(true);
});

test("a finisher that was overtaken while it drew looks again, and complete wins", async () => {
  const stages = new Stages();
  await stages.split({
    kernel: "mandelbrot",
    grid: { axes },
    chunk: [4, 2],
    chunksPerMessage: 1,
    requestId: "j",
  });
  const [first = "", second = ""] = stages.chunks.take();
  await stages.work(first);
  await stages.aggregate(stages.results.take()[0] ?? "");
  // While the dead letter's finisher draws, its chunk is stored and reported by a worker that was only slow.
  const { put } = stages.store;
  let overtaken = false;
  stages.store.put = async (key, bytes) => {
    if (key.endsWith("heatmap.png") && !overtaken) {
      overtaken = true;
      await stages.work(second);
      await stages.aggregate(stages.results.take()[0] ?? "");
      expect(stages.store.json("jobs/j/summary.json").state).toBe("complete");
    }
    await put.call(stages.store, key, bytes);
  };
  await stages.bury(second);
  expect(stages.store.json("jobs/j/summary.json").state).toBe("complete");
});

test("a failed attempt that is reported twice counts once, and its error is cut to a sentence", async () => {
  const stages = new Stages();
  await stages.split({ kernel: "mandelbrot", grid: { axes }, requestId: "j", output: { plots: false } });
  const [body = ""] = stages.chunks.take();
  const { put } = stages.store;
  stages.store.put = () => Promise.reject(new Error("x".repeat(10_000)));
  await stages.work(body);
  stages.store.put = put;
  const [report = ""] = stages.results.take();
  expect(report.length).toBeLessThan(1500);
  await stages.aggregate(report);
  await stages.aggregate(report);
  await stages.work(body, 2);
  expect((await stages.aggregate(stages.results.take()[0] ?? ""))?.summary.failedAttempts).toBe(1);
});

test("a dead letter with a chunk that the job does not have still buries the others", async () => {
  const stages = new Stages();
  await stages.split({ kernel: "mandelbrot", grid: { axes }, requestId: "j", output: { plots: false } });
  const job = resolvedJob({ kernel: "mandelbrot", grid: { axes } });
  expect((await stages.bury(chunkMessage(job, [999, 0])))?.summary).toMatchObject({
    state: "failed",
    chunks: { failed: 1 },
  });
});

test("a request with a negative zero is the same job when it comes again", async () => {
  const stages = new Stages();
  const request = {
    kernel: "julia",
    grid: { axes: [{ from: -0, to: 1, count: 3 }] },
    parameters: { cIm: -0 },
    requestId: "j",
  };
  expect(await stages.split(request)).toEqual(await stages.split(request));
});

test("a Julia point so far out that its square is no number has escaped", () => {
  const out = new Uint16Array(1);
  const values = Float64Array.of(1e200);
  const axes = ["y", "x"].map((input) => ({ input, values }));
  const place = { from: [0, 0], shape: [1, 1], seed: 0 };
  builtIn("julia").compute({ parameters: { maxIterations: 50, cRe: 0, cIm: 0 }, axes, ...place }, [out]);
  expect([...out]).toEqual([0]);
});

test("a deployment without need of checks sends none", async () => {
  const stages = new Stages();
  const { split } = await import("../../../functions/splitter/split.ts");
  await split({ kernel: "julia", requestId: "j" }, "x", { ...stages.ports, checkAfterSeconds: 0 });
  expect(stages.results.sent.map(({ body }) => parseResultMessage(body))).toEqual([]);
});

test("a chunk that cannot be read any more is no hole in an exported array", async () => {
  const stages = new Stages();
  await stages.split({
    kernel: "mandelbrot",
    grid: { axes: [{ from: -2, to: 1, count: 50 }] },
    chunk: [10],
    requestId: "j",
  });
  await stages.runToEnd();
  const { spec } = resolvedJob({
    kernel: "mandelbrot",
    grid: { axes: [{ from: -2, to: 1, count: 50 }] },
    chunk: [10],
  });
  const exported = async () => await wholeOf(npyParts(stages.store, { jobId: "j", spec }));
  const whole = await exported();
  stages.store.objects.delete("jobs/j/array/escape_time/c/2");
  expect((await exported()).length).toBe(whole.length);
  stages.store.objects.set("jobs/j/array/escape_time/c/2", new Uint8Array(30));
  await expect(exported()).rejects.toThrow("Expected a whole, checksummed chunk");
});

async function wholeOf(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}
