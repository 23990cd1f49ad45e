import { expect, test } from "vitest";
import { computeChunk } from "../../../functions/worker/compute.ts";
import { decodeChunk } from "../../../shared/array/zarr-array.ts";
import { defineKernel, type Kernel } from "../../../shared/kernels/kernel.ts";
import { mandelbrot } from "../../../shared/kernels/mandelbrot.ts";
import { resolveJob } from "../../../shared/plan/resolve-job.ts";
import { steppingClock } from "../../helpers/memory.ts";

/** A second chunk of two cells, whose kernel takes 100 ms of a clock that moves a millisecond at each look. */
function computed(chunk: number) {
  const clock = steppingClock();
  const slow = defineKernel({
    ...mandelbrot,
    name: "slow",
    compute: (_parameters, _window, out) => {
      clock.advance(100);
      out.set([3, 5]);
    },
  }) as Kernel;
  const kernels = new Map([["slow", slow]]);
  const { spec } = resolveJob(
    { kernel: "slow", grid: { axes: [{ from: 0, to: 1, count: 4 }] }, chunk: [2] },
    "j",
    kernels,
  );
  clock.advance(1_000_000);
  return { spec, now: clock.epochMs(), ...computeChunk(spec, chunk, slow, clock) };
}

test("a chunk comes with its report and its times: computing, the thread's own, and all of it", () => {
  const { spec, now, encoded, report, times } = computed(1);
  expect([...decodeChunk(spec, 1, encoded)]).toEqual([3, 5]);
  expect(report).toMatchObject({ chunk: 1, sum: 8, storedBytes: encoded.length, times: null });
  // Each of them is the kernel's 100 ms, and the looks at the clock between its own two.
  expect(times).toEqual({ startedAtMs: now + 1, computeMs: 102, cpuMs: 102, elapsedMs: 104 });
});

test("what is no chunk of the job, or has parameters that its kernel does not know, is not computed", () => {
  expect(() => computed(2)).toThrow("Expected chunk to be below 2, got 2.");
  const { spec } = computed(0);
  const other = { ...spec, parameters: { ...spec.parameters, other: 1 } };
  expect(() => computeChunk(other, 0, mandelbrot as Kernel, steppingClock())).toThrow("parameters");
});
