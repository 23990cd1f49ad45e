import { expect, test } from "vitest";
import {
  aggregate,
  buryDeadLetter,
  finishIfOver,
  readJob,
  readLedger,
} from "../../../functions/aggregator/aggregate.ts";
import { Looks } from "../../../functions/aggregator/looks.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { parseResultMessage, type ReportMessage } from "../../../shared/messages/chunk-report.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { chunkKeys } from "../../../shared/record/array-keys.ts";
import { cancelJob, writeMissing, writeReissue } from "../../../shared/record/control.ts";
import { writeSegments } from "../../../shared/record/segments.ts";
import { JOB_OF_4_CHUNKS, Stages } from "../../helpers/stages.ts";

const keys = jobKeys("j");

/** Looks as often as a test says, and tells what was noted. */
class ToldLooks extends Looks {
  readonly added: number[] = [];
  readonly seen: unknown[] = [];
  isNext = true;
  neededByThen: number | undefined;

  constructor() {
    super({ monotonicMs: () => 0 });
  }
  override isDue(_job: object, added: number) {
    this.added.push(added);
    return this.isNext;
  }
  override needed() {
    return this.neededByThen;
  }
  override begin() {
    return (_job: object, seen: object) => void this.seen.push(seen);
  }
}

/** A job of four chunks that are stored, none of their reports having arrived. */
async function stored(output: object = { plots: false }) {
  const stages = new Stages();
  const { store } = stages;
  await stages.split({ ...JOB_OF_4_CHUNKS, output });
  const messages = stages.chunks.take();
  for (const body of messages) await stages.work(body);
  const reports = stages.results.take().map((body) => parseResultMessage(body) as ReportMessage);
  const looks = new ToldLooks();
  const reads: string[] = [];
  let listings = 0;
  const { get, list } = { get: store.get.bind(store), list: store.list.bind(store) };
  store.get = (key, mostBytes) => {
    reads.push(key);
    return get(key, mostBytes);
  };
  store.list = (prefix) => {
    listings++;
    return list(prefix);
  };
  const ports = { ...stages.ports, looks };
  return {
    ...{ stages, store, messages, reports, looks, ports },
    readsBelow: (prefix: string) => reads.filter((key) => key.startsWith(prefix)).length,
    listings: () => listings,
    putsOf: (key: string) => store.puts.filter((put) => put === key).length,
    arrive: (...some: ReportMessage[]) => aggregate("j", some, ports),
  };
}

const failing = (report: ReportMessage, chunk: number, more: object = {}): ReportMessage => {
  const { requestId, logStream } = report.worker;
  const failure = { chunk, error: "no", final: false, disputed: false, attempt: 1, failedAtMs: 5 };
  return { ...report, chunks: [], failures: [{ ...failure, requestId, logStream, ...more }] };
};
/** Another worker's report of the same chunks. */
const repeated = (report: ReportMessage): ReportMessage => ({
  ...report,
  worker: { ...report.worker, requestId: "another" },
});

test("a job that is not in the store is named", async () => {
  const { store } = new Stages();
  await expect(readJob("j", store)).rejects.toThrow("Expected jobs/j/job.json in the store");
});

test("a batch counts with its stored chunks and its final failures", async () => {
  const { reports, looks, arrive } = await stored();
  const [one, two, three] = reports as [ReportMessage, ReportMessage, ReportMessage];
  await arrive(one, two, failing(three, 2), failing(three, 3, { final: true }));
  expect(looks.added).toEqual([3]);
});

test.each([
  ["neither due nor the last in the queue", false, 1, false],
  ["due", true, 1, true],
  ["the last in the queue", false, 0, true],
])(
  "of a batch that is %s: %o, %i waiting: is the job looked at? %o",
  async (_, isNext, waiting, isLookedAt) => {
    const { reports, looks, arrive, listings, stages } = await stored();
    looks.isNext = isNext;
    stages.results.depth = async () => ({ waiting, inFlight: 0, delayed: 0 });
    await arrive(reports[0]!);
    expect(listings() > 0).toBe(isLookedAt);
  },
);

test("what a look saw is noted: keys, what they cover, and that each chunk that came twice means one more", async () => {
  const { reports, looks, arrive } = await stored();
  await arrive(reports[0]!, failing(reports[1]!, 1));
  expect(looks.seen).toEqual([{ round: 0, keys: 2, covered: 1, needed: 4 }]);
  await arrive(repeated(reports[0]!), reports[1]!, reports[2]!);
  expect(looks.seen.slice(1)).toEqual([
    { round: 0, keys: 3, covered: 4, needed: 4 },
    { round: 0, keys: 3, covered: 4, needed: 5 },
  ]);
});

test("reports are read when there may be enough of them, and not before", async () => {
  const { reports, looks, arrive, readsBelow } = await stored();
  await arrive(...reports.slice(0, 3));
  expect(readsBelow(keys.reports)).toBe(0);
  looks.neededByThen = 5;
  await arrive(repeated(reports[0]!));
  expect(readsBelow(keys.reports)).toBe(0);
  expect((await arrive(reports[3]!))?.summary.state).toBe("complete");
});

test("a dead letter that names chunks beyond the job's ends those that the job has", async () => {
  const { messages, looks, ports, store } = await stored();
  for (const key of store.objects.keys()) if (key.includes("/c/")) store.objects.delete(key);
  const ended = await buryDeadLetter({ ...parseChunkMessage(messages[0]!), chunks: [0, 3, 4, 99] }, ports);
  expect(ended).toBeUndefined();
  expect(looks.added).toEqual([2]);
  const [segment = ""] = [...store.objects.keys()].filter((key) => key.startsWith(keys.failures));
  expect(store.json(segment).failures.map(({ chunk }: { chunk: number }) => chunk)).toEqual([0, 3]);
});

test("a start before the submission is moved, and counted", async () => {
  const { reports, arrive } = await stored();
  const [first, ...others] = reports;
  const chunks = first!.chunks.map((chunk) => ({ ...chunk, times: { ...chunk.times!, startedAtMs: 1 } }));
  expect((await arrive({ ...first!, chunks }, ...others))?.summary.clampedStarts).toBe(1);
});

test("a report that arrives as the summary is stored is in the next one", async () => {
  const { reports, store, arrive, putsOf } = await stored();
  await cancelJob(store, "j", 0);
  const put = store.put.bind(store);
  store.put = async (key, bytes) => {
    if (key === keys.summary && putsOf(key) === 0) await writeSegments(store, "j", [reports[3]!]);
    await put(key, bytes);
  };
  const ended = await arrive(...reports.slice(0, 3));
  expect(ended?.summary).toMatchObject({ state: "complete", chunks: { done: 4 } });
  expect(putsOf(keys.summary)).toBe(2);
});

test("one that changes nothing then does not, and who stored the summary knows it", async () => {
  const { reports, store, arrive, putsOf } = await stored();
  const put = store.put.bind(store);
  store.put = async (key, bytes) => {
    if (key === keys.summary && putsOf(key) === 0) await writeSegments(store, "j", [repeated(reports[3]!)]);
    await put(key, bytes);
  };
  expect((await arrive(...reports))?.summary.state).toBe("complete");
  expect(putsOf(keys.summary)).toBe(1);
});

test("of a complete job a report is not even read, nor is an attempt that failed before", async () => {
  const { reports, arrive, readsBelow } = await stored();
  await arrive(...reports);
  const read = readsBelow(keys.reports);
  expect(await arrive(repeated(reports[0]!), failing(reports[1]!, 1))).toBeUndefined();
  expect(readsBelow(keys.reports)).toBe(read);
});

test("of one of which chunks were issued again it is, as long as a request lists all that arrived", async () => {
  const { reports, store, arrive, readsBelow } = await stored();
  await arrive(...reports);
  await writeReissue(store, "j", [0, 1], { atMs: 1, chunks: [0, 2] });
  expect((await arrive(repeated(reports[0]!)))?.summary.reissued.chunks).toBe(2);
  const read = readsBelow(keys.reports);
  const arrived = [...store.objects.keys()].filter((key) => key.startsWith(keys.reports)).length;
  for (let n = arrived; n < 1000; n++)
    store.objects.set(`${keys.reports}1-${`${n}`.padStart(24, "0")}.json`, new Uint8Array());
  expect(await finishIfOver(await readJob("j", store), { ...new Stages().ports, store })).toEqual({
    isOver: true,
  });
  expect(readsBelow(keys.reports)).toBe(read);
});

test("a complete job's pictures and export are made once, its summary whenever somebody disagrees", async () => {
  const { reports, arrive, putsOf } = await stored({ plots: true, npy: true });
  expect((await arrive(...reports))?.summary.state).toBe("complete");
  const made = [keys.npy, keys.picture("heatmap")];
  expect(made.map(putsOf)).toEqual([1, 1]);
  const disagreeing = failing(reports[2]!, 2, { final: true, disputed: true });
  expect((await arrive(disagreeing))?.summary.state).toBe("incomplete");
  expect(made.map(putsOf)).toEqual([1, 1]);
});

test("a cancelled job that lacks chunks is not exported, a complete one that was cancelled is", async () => {
  const { reports, arrive, putsOf, store } = await stored({ plots: false, npy: true });
  await cancelJob(store, "j", 0);
  expect((await arrive(...reports.slice(1)))?.summary.state).toBe("cancelled");
  expect(putsOf(keys.npy)).toBe(0);
  expect((await arrive(reports[0]!))?.summary.state).toBe("complete");
  expect(putsOf(keys.npy)).toBe(1);
});

test("the job is over once each chunk is there, and not when as many came that are not all", async () => {
  const { reports, store, ports } = await stored();
  const look = async () => finishIfOver(await readJob("j", store), { ...ports, looks: undefined });
  await writeSegments(store, "j", reports.slice(0, 3));
  expect(await look()).toMatchObject({ isOver: false });
  await writeSegments(store, "j", [repeated(reports[0]!)]);
  expect(await look()).toMatchObject({ isOver: false });
  await writeSegments(store, "j", reports.slice(3));
  expect(await look()).toMatchObject({ isOver: true, finished: { summary: { state: "complete" } } });
  expect(await look()).toEqual({ isOver: true });
});

test("one that was resumed is not over because it was before", async () => {
  const { reports, store, arrive } = await stored();
  await arrive(...reports);
  await writeMissing(store, "j", 1, { atMs: 1, chunks: [0] });
  expect((await readLedger(await readJob("j", store), store)).uncovered().toArray()).toEqual([0]);
  const ended = await arrive({ ...reports[0]!, round: 1 });
  expect(ended?.summary).toMatchObject({ state: "complete", round: 1 });
});

test("where the export finds a damaged chunk the job is not over: checks go on", async () => {
  const { reports, store, ports, stages } = await stored({ plots: false, npy: true });
  const key = chunkKeys(await readJob("j", store), 2)[0]!;
  store.objects.set(key, store.objects.get(key)!.slice(3));
  await writeSegments(store, "j", reports);
  expect(await finishIfOver(await readJob("j", store), ports)).toEqual({ isOver: false });
  expect(stages.chunks.take().map((body) => parseChunkMessage(body).chunks)).toEqual([[2]]);
  const [check] = stages.results.sent.splice(0);
  expect(await stages.aggregate(check?.body ?? "")).toBeUndefined();
  expect(stages.results.sent).toHaveLength(1);
});
