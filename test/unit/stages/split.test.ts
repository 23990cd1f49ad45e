import { expect, test } from "vitest";
import { CHECK_TURNS } from "../../../functions/aggregator/check.ts";
import { split } from "../../../functions/splitter/split.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { parseResultMessage } from "../../../shared/messages/chunk-report.ts";
import type { Ramp } from "../../../shared/messages/job-request.ts";
import type { Fleet, Wanted } from "../../../shared/ports/fleet.ts";
import { putJson } from "../../../shared/ports/store.ts";
import { JobConflictError, QueueSendError } from "../../../shared/validation/errors.ts";
import { Stages } from "../../helpers/stages.ts";

const request = { kernel: "mandelbrot", chunk: [100, 100], chunksPerMessage: 4, requestId: "job-1" };

test("a job becomes job.json, the group that its array lies in, messages for every chunk, one delayed check, and submitted.json last", async () => {
  const stages = new Stages();
  const submission = await stages.split(request);
  expect(submission).toMatchObject({ jobId: "job-1", chunks: 25, messages: 7 });
  const chunks = stages.chunks.sent.flatMap(({ body }) => parseChunkMessage(body).chunks);
  expect(chunks.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, k) => k));
  expect(stages.results.sent).toHaveLength(1);
  expect(stages.results.sent[0]?.delaySeconds).toBe(15);
  expect(parseResultMessage(stages.results.sent[0]?.body ?? "")).toMatchObject({ kind: "check", turn: 0 });
  expect(stages.store.puts).toEqual([
    "jobs/job-1/job.json",
    "jobs/job-1/array/zarr.json",
    "jobs/job-1/array/escape_time/zarr.json",
    "jobs/job-1/array/y/zarr.json",
    "jobs/job-1/array/x/zarr.json",
    "jobs/job-1/array/y/c/0",
    "jobs/job-1/array/x/c/0",
    "jobs/job-1/submitted.json",
  ]);
});

test("the same id with the same request is the same job, and nothing is sent twice", async () => {
  const stages = new Stages();
  const first = await stages.split(request);
  expect(await stages.split(request)).toEqual(first);
  expect(stages.chunks.sent).toHaveLength(7);
});

test("it is so too where the caller has timed the cells again, and other chunks would follow from that", async () => {
  const stages = new Stages();
  const timed = (seconds: number) => ({
    ...{ kernel: "mandelbrot", requestId: "timed", inputs: { maxIterations: 10 } },
    measured: { meanSeconds: seconds, mostSeconds: seconds },
  });
  const first = await stages.split(timed(1e-3));
  expect((await new Stages().split(timed(1e-4))).chunks).not.toBe(first.chunks);
  expect(await stages.split(timed(1e-4))).toEqual(first);
  await expect(stages.split({ ...timed(1e-4), seed: 1 })).rejects.toThrow(JobConflictError);
});

test("a job split again elsewhere sends the same messages in the same order", async () => {
  const automatic = { kernel: "mandelbrot", chunk: [25, 25], requestId: "job-1" };
  const sent = await Promise.all(
    [new Stages(), new Stages()].map(async (stages) => {
      await stages.split(automatic);
      return stages.chunks.sent;
    }),
  );
  expect(sent[0]).toEqual(sent[1]);
  expect(sent[0]!.length).toBeLessThan(400);
});

test("chunks that take long go first", async () => {
  const stages = new Stages();
  await stages.split({ kernel: "mandelbrot", chunk: [25, 25], chunksPerMessage: 1 });
  const order = stages.chunks.sent.map(({ body }) => parseChunkMessage(body).chunks[0]);
  const [onTheEdge, inTheCorner, inTheCardioid] = [9 * 20 + 9, 19, 10 * 20 + 14];
  expect(order.indexOf(onTheEdge)).toBeLessThan(80);
  expect(order.indexOf(inTheCorner)).toBeGreaterThan(200);
  expect(order.indexOf(inTheCardioid)).toBeGreaterThan(200);
});

test("the same id with another request is refused", async () => {
  const stages = new Stages();
  await stages.split(request);
  await expect(stages.split({ ...request, parameters: { maxIterations: 7 } })).rejects.toThrow(
    JobConflictError,
  );
  expect(stages.chunks.sent).toHaveLength(7);
});

test("a split that broke off while sending is taken up again with the same time of submission", async () => {
  const stages = new Stages();
  const refusing = { send: async () => Promise.reject(new QueueSendError(1, "throttled")) };
  const { split } = await import("../../../functions/splitter/split.ts");
  await expect(split(request, "x", { ...stages.ports, chunks: refusing })).rejects.toThrow(QueueSendError);
  const begun = stages.store.json("jobs/job-1/job.json");
  const submission = await stages.split(request);
  expect(submission.submittedAtMs).toBe(begun.submittedAtMs);
  expect(stages.chunks.sent).toHaveLength(7);
});

test("a nameless job is named by the invocation, and bad input leaves nothing behind", async () => {
  const stages = new Stages();
  expect((await stages.split({ kernel: "julia" }, "4f1c-aws-request")).jobId).toBe("4f1c-aws-request");
  const before = stages.store.objects.size;
  await expect(stages.split({ kernel: "jula" }, "b")).rejects.toThrow(/Did you mean julia/);
  expect(stages.store.objects.size).toBe(before);
});

test("a million chunks of a 100,000 x 100,000 array are messages that the splitter makes as they are taken", async () => {
  const stages = new Stages();
  const { split } = await import("../../../functions/splitter/split.ts");
  let taken = 0;
  let longest = 0;
  const counting = {
    async send(bodies: Iterable<string>) {
      for (const body of bodies) {
        taken++;
        longest = Math.max(longest, body.length);
      }
      return taken;
    },
  };
  const axis = { from: 0, to: 1, count: 100_000 };
  const huge = { kernel: "mandelbrot", grid: { axes: [axis, axis] }, chunk: [100, 100] };
  const submission = await split(huge, "huge", { ...stages.ports, chunks: counting });
  expect(submission).toMatchObject({ chunks: 1_000_000, messages: 20_000 });
  expect(longest).toBeLessThan(1024);
  expect(CHECK_TURNS).toBeLessThan(12);
});

/** A splitter with a fleet of so many; what it asks of that is in `asked`, with the messages that were sent before. */
function bursting(concurrency: number) {
  const stages = new Stages();
  const asked: (Wanted & { readonly sentBefore: number })[] = [];
  const fleet: Fleet = {
    cap: { burst: concurrency, mapping: 25 },
    start: async (wanted) => {
      asked.push({ ...wanted, sentBefore: stages.chunks.sent.length });
      return Math.min(wanted.workers, concurrency);
    },
  };
  const splitIt = (ramp?: Ramp, more: object = {}) =>
    split({ ...request, ...more, ...(ramp && { ramp }) }, "", { ...stages.ports, fleet });
  return { stages, asked, splitIt };
}

test("burst asks for a worker for each message, after the last was sent, and says so in submitted.json", async () => {
  const { stages, asked, splitIt } = bursting(100);
  const submission = await splitIt("burst");
  expect(submission).toMatchObject({ messages: 7, ramp: "burst", drainers: 7 });
  const { longestMs } = submission;
  expect(asked).toEqual([{ jobId: "job-1", round: 0, workers: 7, longestMs, sentBefore: 7 }]);
  expect(longestMs).toBeGreaterThan(20); // four chunks, 5 ms each for storing alone
  expect(stages.store.json("jobs/job-1/submitted.json")).toMatchObject({ ramp: "burst", drainers: 7 });
  expect(stages.store.puts.at(-1)).toBe("jobs/job-1/submitted.json");
});

test("what the fleet started, and not what was asked for, is in the answer", async () => {
  const { asked, splitIt } = bursting(3);
  expect(await splitIt("burst")).toMatchObject({ drainers: 3 });
  expect(asked).toMatchObject([{ workers: 7 }]);
});

test("auto leaves a small job to the mapping, and asks for nobody", async () => {
  const { asked, splitIt } = bursting(100);
  expect(await splitIt()).toMatchObject({ ramp: "mapping", drainers: 0 });
  expect(asked).toEqual([]);
});

test("auto asks for workers for a large job, those at the knee", async () => {
  const { asked, splitIt } = bursting(100);
  // 390 s of work, as storing a chunk counts as 5 ms, and a message as 20.
  const large = { chunk: [4, 4], chunksPerMessage: 1 };
  const { messages, ramp, drainers } = await splitIt(undefined, large);
  expect({ messages, ramp }).toEqual({ messages: 15_625, ramp: "burst" });
  expect(drainers).toBeGreaterThan(75);
  expect(drainers).toBeLessThanOrEqual(100);
  expect(asked).toMatchObject([{ workers: drainers, sentBefore: messages }]);
});

test("what the cells were seen to take orders the fleet, and is no part of the job: it differs each time", async () => {
  const cut = { chunk: [10, 10], chunksPerMessage: 5 };
  const asking = async (computeSeconds: number) => {
    const { asked, splitIt, stages } = bursting(100);
    await splitIt(undefined, { computeSeconds, ...cut });
    expect(stages.store.json("jobs/job-1/job.json")).toMatchObject({ computeSeconds });
    return { workers: Number((asked[0] as { workers: number }).workers), splitIt };
  };
  const { workers: few } = await asking(10);
  const { workers: many, splitIt } = await asking(80);
  expect(few).toBeLessThan(50);
  expect(many).toBeGreaterThan(60);
  // The same request, timed again: nothing is sent anew.
  expect(await splitIt(undefined, { ...cut, computeSeconds: 2000 })).toMatchObject({ drainers: many });
});

test("where no workers can be started burst means mapping", async () => {
  const stages = new Stages();
  expect(await stages.split({ ...request, ramp: "burst" })).toMatchObject({ ramp: "mapping", drainers: 0 });
});

test("a job that was stored before there were ramps is still the same job", async () => {
  const stages = new Stages();
  const first = await stages.split(request);
  const { ramp, ...older } = stages.store.json("jobs/job-1/job.json");
  expect(ramp).toBe("auto");
  await putJson(stages.store, "jobs/job-1/job.json", older);
  expect(await stages.split(request)).toEqual(first);
});
