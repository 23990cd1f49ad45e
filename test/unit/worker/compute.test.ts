import { expect, test } from "vitest";
import { computeChunk } from "../../../functions/worker/compute.ts";
import { arraysOf } from "../../../shared/array/spec.ts";
import { decodeChunk } from "../../../shared/array/zarr-array.ts";
import { likeMandelbrot, resolvedJob } from "../../helpers/kernels.ts";
import { steppingClock } from "../../helpers/memory.ts";

/** A second chunk of two cells, whose kernel takes 100 ms of a clock that moves a millisecond at each look. */
function computed(chunk: number) {
  const clock = steppingClock();
  const slow = likeMandelbrot("slow", (_, out) => {
    clock.advance(100);
    out.set([3, 5]);
  });
  const request = { kernel: "slow", grid: { axes: [{ from: 0, to: 1, count: 4 }] }, chunk: [2] };
  const job = resolvedJob(request, "j", slow);
  clock.advance(1_000_000);
  return { job, slow, now: clock.epochMs(), ...computeChunk(job, chunk, slow, clock) };
}

test("a chunk comes with its report and its times: computing, the thread's own, and all of it", () => {
  const { job, now, encoded, report, times } = computed(1);
  const [bytes] = encoded;
  expect([...decodeChunk(arraysOf(job.spec)[0]!, 1, bytes!)]).toEqual([3, 5]);
  expect(report).toMatchObject({ chunk: 1, sum: 8, storedBytes: bytes!.length, times: null });
  // Each of them is the kernel's 100 ms, and the looks at the clock between its own two.
  expect(times).toEqual({ startedAtMs: now + 1, computeMs: 102, cpuMs: 102, elapsedMs: 104 });
});

test("what is no chunk of the job, or has parameters that its kernel does not know, is not computed", () => {
  expect(() => computed(2)).toThrow("Expected chunk to be below 2, got 2.");
  const { job, slow } = computed(0);
  const spec = { ...job.spec, parameters: { ...job.spec.parameters, other: 1 } };
  expect(() => computeChunk({ ...job, spec }, 0, slow, steppingClock())).toThrow(
    "inputs.other to be one of the kernel's inputs",
  );
});
