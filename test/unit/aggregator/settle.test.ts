import { expect, test } from "vitest";
import { readJob } from "../../../functions/aggregator/aggregate.ts";
import { settle, settleStored } from "../../../functions/aggregator/settle.ts";
import type { AttemptFailure, ReportMessage } from "../../../shared/messages/chunk-report.ts";
import { AwsError } from "../../../shared/ports/aws/aws-error.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { chunkKeys } from "../../../shared/record/array-keys.ts";
import { listSegments, readSegments } from "../../../shared/record/segments.ts";
import { JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

const ALL = Array.from({ length: 25 }, (_, chunk) => chunk);
const NO_WORKER = { requestId: "", logStream: "", coldStart: false, initMs: null };

/** A job whose chunks are stored except `absent`, with none of its reports, and what is asked of its store from then on. */
async function stored(...absent: number[]) {
  const stages = new Stages();
  const { store, clock } = stages;
  await stages.split(JOB_OF_25_CHUNKS);
  for (const body of stages.chunks.take()) await stages.work(body);
  const job = await readJob("j", store);
  const keys = ALL.flatMap((chunk) => chunkKeys(job, chunk));
  for (const chunk of absent) store.objects.delete(keys[chunk]!);
  const asked = { reads: [] as number[], atOnce: 0, listings: 0 };
  const { get, list } = { get: store.get.bind(store), list: store.list.bind(store) };
  let underWay = 0;
  store.get = async (key, mostBytes) => {
    if (!keys.includes(key)) return get(key, mostBytes);
    asked.reads.push(keys.indexOf(key));
    asked.atOnce = Math.max(asked.atOnce, ++underWay);
    await new Promise(setImmediate);
    underWay--;
    return get(key, mostBytes);
  };
  store.list = (prefix) => {
    asked.listings++;
    return list(prefix);
  };
  return { job, store, clock, keys, asked };
}

async function recorded({ store }: Pick<Awaited<ReturnType<typeof stored>>, "store">) {
  const reports: ReportMessage[] = [];
  const failures: AttemptFailure[] = [];
  await readSegments(store, "j", await listSegments(store, "j", 25), {
    report: (report) => reports.push(report),
    failure: (failure) => failures.push(failure),
  });
  return { reports, failures };
}

test("sixteen chunks are read, without a listing", async () => {
  const ports = await stored();
  expect(await settleStored(ports.job, 0, ALL.slice(0, 16), ports)).toEqual([]);
  expect(ports.asked).toEqual({ reads: ALL.slice(0, 16), atOnce: 16, listings: 0 });
});

test("of more, one listing tells which are there, and those are read, sixteen at a time", async () => {
  const ports = await stored(3, 7);
  expect(await settleStored(ports.job, 0, ALL, ports)).toEqual([3, 7]);
  const reads = ALL.filter((chunk) => chunk !== 3 && chunk !== 7);
  expect(ports.asked).toEqual({ reads, atOnce: 14, listings: 1 });
  const { reports, failures } = await recorded(ports);
  expect(reports.flatMap(({ chunks }) => chunks.map(({ chunk }) => chunk))).toEqual(reads);
  expect(failures).toEqual([]);
});

test("each is reported once, of this round, by no worker", async () => {
  const ports = await stored();
  await settleStored(ports.job, 2, ALL, ports);
  const segments = [...ports.store.objects.keys()].filter((key) => key.startsWith(jobKeys("j").reports));
  expect(segments.map((key) => key.slice(jobKeys("j").reports.length).split("-", 2).join("-"))).toEqual([
    "16-r2",
    "9-r2",
  ]);
  expect([...ports.store.objects.keys()].filter((key) => key.startsWith(jobKeys("j").failures))).toEqual([]);
  for (const { worker, chunks } of (await recorded(ports)).reports) {
    expect(worker).toEqual(NO_WORKER);
    for (const { times } of chunks) expect(times).toBeNull();
  }
});

test("those that are absent come in rising order, however they were asked for", async () => {
  const ports = await stored(2, 9, 10);
  expect(await settleStored(ports.job, 0, [10, 9, 4, 2], ports)).toEqual([2, 9, 10]);
});

test("a chunk that is not there has failed for the reason that is given", async () => {
  const ports = await stored(5);
  await settle(ports.job, 0, [4, 5], "nobody heard of it", ports);
  const { reports, failures } = await recorded(ports);
  expect(reports.flatMap(({ chunks }) => chunks)).toMatchObject([{ chunk: 4 }]);
  expect(failures).toMatchObject([
    { chunk: 5, error: "nobody heard of it", final: true, disputed: false, requestId: "", logStream: "" },
  ]);
});

test.each([
  ["a store that refuses it", 403, "AccessDenied", false],
  ["a store that is out of order, at the last word", 503, "SlowDown", true],
])("a chunk has failed with the reason of %s", async (_, status, code, isLastWord) => {
  const ports = await stored();
  const get = ports.store.get;
  ports.store.get = async (key, mostBytes) => {
    if (key === ports.keys[6]) throw new AwsError("s3 GetObject", status, code, "no");
    return get(key, mostBytes);
  };
  expect(await settleStored(ports.job, 0, [5, 6, 7], { ...ports, isLastWord })).toEqual([]);
  const { reports, failures } = await recorded(ports);
  expect(reports.flatMap(({ chunks }) => chunks)).toMatchObject([{ chunk: 5 }, { chunk: 7 }]);
  const error = expect.stringMatching(`^The stored chunk cannot be read: .*${code}`);
  expect(failures).toMatchObject([{ chunk: 6, error, final: true }]);
});

test("what a store that is out of order does not give out is asked for again later", async () => {
  const ports = await stored();
  ports.store.get = () => Promise.reject(new AwsError("s3 GetObject", 503, "SlowDown", "no"));
  await expect(settleStored(ports.job, 0, [6], ports)).rejects.toThrow("SlowDown");
  expect(await recorded({ store: ports.store })).toEqual({ reports: [], failures: [] });
});
