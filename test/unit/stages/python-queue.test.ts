import { beforeEach, expect, test } from "vitest";
import { check } from "../../../functions/aggregator/check.ts";
import { split } from "../../../functions/splitter/split.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import {
  type CheckMessage,
  checkMessage,
  parseResultMessage,
} from "../../../shared/messages/chunk-report.ts";
import { resumption } from "../../../shared/messages/resumption.ts";
import { DEFAULT_WORKERS } from "../../../shared/plan/workers.ts";
import { NO_FLEET } from "../../../shared/ports/fleet.ts";
import { builtIn } from "../../helpers/kernels.ts";
import { MemoryQueue } from "../../helpers/memory-queue.ts";
import { idleCheck, JOB_OF_4_CHUNKS, Stages } from "../../helpers/stages.ts";

/** A kernel of Python, of which a splitter knows what it declares and no more. */
const mandelbrot = builtIn("mandelbrot");
const PYTHON = {
  ...mandelbrot,
  name: "mine",
  declaration: { ...mandelbrot.declaration, language: "python" as const },
};
const JOB = { ...JOB_OF_4_CHUNKS, kernel: "mine" };

let stages: Stages;
let pythonChunks: MemoryQueue;
beforeEach(() => {
  stages = new Stages([PYTHON]);
  pythonChunks = new MemoryQueue();
});

const splitIt = (request: unknown) => {
  const fleet = { ...NO_FLEET, cap: { burst: 0, mapping: 900 } };
  const python = { chunks: pythonChunks, workers: DEFAULT_WORKERS, fleet };
  return split(request, "job-1", { ...stages.ports, python });
};
const checkIt = (body: string) =>
  check(parseResultMessage(body) as CheckMessage, { ...stages.ports, pythonChunks });
const chunksIn = (queue: MemoryQueue) => queue.take().flatMap((body) => parseChunkMessage(body).chunks);

test("the messages of a kernel in Python go to the queue of its own workers, by the mapping, and those of others do not", async () => {
  expect(await splitIt({ ...JOB, ramp: "burst" })).toMatchObject({ ramp: "mapping", drainers: 0 });
  expect(chunksIn(pythonChunks)).toEqual([0, 1, 2, 3]);
  expect(chunksIn(stages.chunks)).toEqual([]);
  await splitIt({ ...JOB_OF_4_CHUNKS, requestId: "of-node" });
  expect(chunksIn(pythonChunks)).toEqual([]);
  expect(chunksIn(stages.chunks)).toHaveLength(4);
});

test("where its workers take from the queue of all, as on this machine, they go there", async () => {
  await stages.split(JOB);
  expect(chunksIn(stages.chunks)).toHaveLength(4);
});

test("what a check issues again goes there too, and so does what a resumption sends", async () => {
  await splitIt(JOB);
  pythonChunks.take();
  await checkIt(idleCheck("j"));
  expect(chunksIn(pythonChunks)).toEqual([0, 1, 2, 3]);
  await splitIt(resumption("j"));
  expect(chunksIn(pythonChunks)).toEqual([0, 1, 2, 3]);
  expect(chunksIn(stages.chunks)).toEqual([]);
});

test("a check waits while messages wait in that queue, whatever the other one holds", async () => {
  await splitIt(JOB);
  const sentBy = async (body: string) => {
    const { length } = stages.results.sent;
    await checkIt(body);
    return stages.results.sent.slice(length).map((sent) => JSON.parse(sent.body));
  };
  const asked = checkMessage({ jobId: "j", round: 0, turn: 3 });
  expect(await sentBy(asked)).toMatchObject([{ turn: 3, waited: 1 }]);
  pythonChunks.take();
  await stages.chunks.send(["of another job"]);
  expect(await sentBy(asked)).toMatchObject([{ turn: 4 }]);
});

test("a limit is refused before anything is stored: its workers keep no accounts", async () => {
  await expect(splitIt({ ...JOB, maxUsd: 1 })).rejects.toThrow(
    "Expected maxUsd to be left out for a kernel in Python, whose workers keep no accounts, got 1.",
  );
  expect(await stages.store.get("jobs/j/job.json")).toBeUndefined();
});

test("a job goes on with a kernel of the language that began it alone", async () => {
  await splitIt(JOB);
  stages = Object.assign(new Stages([{ ...PYTHON, declaration: mandelbrot.declaration }]), {
    store: stages.store,
  });
  await expect(splitIt(resumption("j", { force: true }))).rejects.toThrow(
    'Expected job to be one of a kernel for node, as mine is here, got "j", begun by one for python.',
  );
});
