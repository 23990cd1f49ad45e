import fc from "fast-check";
import { expect, test } from "vitest";
import { split } from "../../functions/splitter/split.ts";
import { parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { checkSpec, loadKernel } from "../../shared/plan/check-spec.ts";
import type { Outbox } from "../../shared/ports/queue.ts";
import { StoredJobSchema } from "../../shared/record/job.ts";
import { groupObjects } from "../../shared/record/zarr-group.ts";
import { isPermanent } from "../../shared/validation/errors.ts";
import { parse } from "../../shared/validation/parse.ts";
import { fuzz, nearly } from "../helpers/fuzz.ts";
import { expectSentence } from "../helpers/sentences.ts";
import { Stages } from "../helpers/stages.ts";

const AXIS = { from: -1, to: 1, count: 40 };
const requests: fc.Arbitrary<unknown> = fc.constantFrom(
  { kernel: "mandelbrot" },
  { version: 1, kernel: "mandelbrot", requestId: "job-1", grid: { axes: [AXIS, AXIS] }, chunk: [10, 10] },
  { kernel: "julia", parameters: { maxIterations: 50, cRe: 0.1, cIm: -0.5 }, chunk: "auto", codec: "gzip" },
  { kernel: "julia", grid: { axes: [{ from: 0, to: 1, step: 0.01, rule: "index" }] }, chunksPerMessage: 7 },
  { kernel: "double-pendulum", parameters: { duration: 1, timeStep: 0.1 }, dtype: "float64", ramp: "burst" },
  {
    ...{ kernel: "mandelbrot", grid: { axes: [AXIS] }, ramp: "auto" },
    output: { plots: true, plot3d: false, npy: true, colormap: "jet", scale: "log" },
  },
  { kernel: "mandelbrot", inputs: { y: AXIS, x: AXIS, maxIterations: [5, 50] }, chunk: [10, 10, 2], seed: 3 },
  { kernel: "julia", inputs: { y: 0, x: { count: 30 }, cRe: { from: 0.1, to: 1, count: 9, rule: "log" } } },
  {
    ...{ kernel: "double-pendulum", inputs: { duration: 1, timeStep: 0.1, mass1: { from: 1, to: 2 } } },
    ...{ points: [20, 20, 3], measured: { meanSeconds: 1e-5, mostSeconds: 1e-4 } },
    output: { at: { mass1: 1.5 } },
  },
);

/** Takes the first messages and no more: a million of them may be asked for. */
class Beginning implements Outbox {
  readonly bodies: string[] = [];
  async send(bodies: Iterable<string>): Promise<number> {
    for (const body of bodies) if (this.bodies.push(body) === 100) break;
    return this.bodies.length;
  }
}

test("an event is refused with a sentence and nothing stored or sent, or becomes a job within all limits", async () => {
  let accepted = 0;
  await fuzz(2800, nearly(requests), async (text) => {
    const stages = new Stages();
    const chunks = new Beginning();
    const event = eventIn(text);
    try {
      const { jobId } = await split(event, "fallback", { ...stages.ports, chunks });
      accepted++;
      const stored = parse(StoredJobSchema, stages.store.json(`jobs/${jobId}/job.json`), "job.json");
      const { kernel: name, hash } = stored.spec;
      const kernel = await loadKernel({ name, hash }, stages.kernels);
      expect(stored.declaration).toEqual(kernel.declaration);
      const { metadata, coordinates } = groupObjects(stored, kernel.declaration);
      const names = ["job.json", "submitted.json"].map((name) => `jobs/${jobId}/${name}`);
      expect([...stages.store.objects.keys()].sort()).toEqual(
        [...metadata.keys(), ...coordinates.keys(), ...names].sort(),
      );
      expect(() => checkSpec(stored.spec, kernel)).not.toThrow();
      const ofJob = { jobId, ofJobMs: stored.submittedAtMs, kernel: hash };
      for (const body of chunks.bodies) expect(parseChunkMessage(body)).toMatchObject(ofJob);
    } catch (error) {
      expect(isPermanent(error), String(error)).toBe(true);
      expectSentence(error);
      expect([stages.store.objects.size, chunks.bodies, stages.results.sent]).toEqual([0, [], []]);
    }
  });
  expect(accepted).toBeGreaterThan(50);
});

/** What Lambda hands to a handler is JSON; a text that is none stands for itself. */
function eventIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
