/** What a chunk's bytes and its report are. */
import type { Bench, Seen } from "./bench.ts";
import type { Check } from "./check.ts";
import { expectThat } from "./failed-check.ts";
import type { GoldenJob } from "./golden-job.ts";

/** Chunks of 4 x 5 that do not divide the array. */
export const SMALL = {
  kernel: "mandelbrot",
  inputs: { y: { count: 10 }, x: { count: 12 }, maxIterations: 50 },
  chunk: [4, 5],
};

/** Throws FailedCheck where the message is not acknowledged, or some of its chunks are not stored and reported. */
export async function expectDone(seen: Seen, job: GoldenJob, chunks: readonly number[]): Promise<void> {
  expectAcknowledged(seen);
  expectNoFailure(seen);
  for (const chunk of chunks) {
    await job.expectStored(chunk);
    await job.expectReported(seen.reports, chunk);
  }
}

export function expectAcknowledged({ isAcknowledged }: Seen): void {
  expectThat(isAcknowledged, "the message to be acknowledged", "one that was handed back");
}

export function expectNoFailure({ reports }: Seen): void {
  const [failure] = reports.flatMap(({ failures }) => failures);
  expectThat(failure === undefined, "no failure", `chunk ${failure?.chunk}: ${failure?.error}`);
}

async function compute(bench: Bench, request: object, chunks: readonly number[]): Promise<Seen> {
  const job = await bench.job(request);
  const seen = await bench.give(job.message(chunks));
  await expectDone(seen, job, chunks);
  return seen;
}

const withCodec = (codec: string): Check => ({
  name: `codec-${codec}`,
  about: `a chunk of a job with codec ${codec}`,
  run: async (bench) => {
    await compute(bench, { ...SMALL, codec }, [4]);
  },
});

/** Their values in every cell of a small picture. */
const ofKernel = (kernel: string, inputs: object): Check => ({
  name: kernel,
  about: `each cell of the kernel ${kernel}, where it is swept by default`,
  run: async (bench) => {
    await compute(bench, { kernel, inputs, points: [40, 40], chunk: [40, 40] }, [0]);
  },
});

export const chunkChecks: readonly Check[] = [
  {
    name: "first-chunk",
    about: "one chunk is computed, stored, reported, and its message acknowledged",
    run: async (bench) => {
      await compute(bench, SMALL, [0]);
    },
  },
  {
    name: "several-chunks",
    about: "so are all chunks of a message, edge chunks padded",
    run: async (bench) => {
      await compute(bench, SMALL, [0, 2, 8]);
    },
  },
  {
    name: "order",
    about: "store, then report, then acknowledge",
    run: async (bench) => {
      const { steps } = await compute(bench, SMALL, [3, 4]);
      const at = (kind: "put" | "sent" | "acknowledged") => steps.findLastIndex((step) => step.kind === kind);
      const order = steps.map(({ kind }) => kind).join(", ");
      expectThat(
        at("put") < at("sent") && at("sent") < at("acknowledged"),
        "put, put, sent, acknowledged",
        order,
      );
    },
  },
  withCodec("none"),
  withCodec("gzip"),
  withCodec("zstd"),
  ofKernel("mandelbrot", { maxIterations: 1000 }),
  ofKernel("julia", { maxIterations: 500 }),
  ofKernel("double-pendulum", { duration: 4 }),
  {
    name: "one-axis",
    about: "an array with one axis, of float32",
    run: async (bench) => {
      const inputs = { angle1: { count: 7 }, angle2: 2.5, duration: 2 };
      await compute(bench, { kernel: "double-pendulum", inputs, chunk: [3] }, [0, 2]);
    },
  },
  {
    name: "three-axes",
    about: "axes by a list, by accumulation and by index; the third one's tile is empty in most chunks",
    run: async (bench) => {
      const inputs = {
        ...{ y: { from: -1.1, to: 1.1, step: 0.37 }, x: { from: -1.7, to: 1.7, count: 9 } },
        ...{ cRe: [-0.8, -0.4, 0.3], maxIterations: 80 },
      };
      await compute(bench, { kernel: "julia", inputs, chunk: [2, 4, 1] }, [0, 1, 2, 13]);
    },
  },
  {
    name: "logarithmic-axis",
    about: "an axis in steps of an even ratio",
    run: async (bench) => {
      const inputs = {
        y: { from: 0.01, to: 1.3, count: 11, rule: "log" },
        x: { count: 6 },
        maxIterations: 200,
      };
      await compute(bench, { kernel: "mandelbrot", inputs, chunk: [11, 6] }, [0]);
    },
  },
  {
    name: "overview",
    about: "the tile of an array with more points than the overview has cells",
    run: async (bench) => {
      const inputs = { y: { count: 3 }, x: { count: 2501 }, maxIterations: 20 };
      await compute(bench, { kernel: "mandelbrot", inputs, chunk: [2, 700] }, [1, 3]);
    },
  },
];
