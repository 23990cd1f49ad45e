import { expect, test } from "vitest";
import { readJob, readLedger } from "../../../functions/aggregator/aggregate.ts";
import { finish } from "../../../functions/aggregator/finish.ts";
import { AwsError } from "../../../shared/ports/aws/aws-error.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { chunkKeys } from "../../../shared/record/array-keys.ts";
import { JOB_OF_4_CHUNKS, Stages } from "../../helpers/stages.ts";

const keys = jobKeys("j");
const CHUNK = 1;
/** A job of four chunks, all reported, one of them without its tile: `onRead` tells what the store gives out as that one. */
async function reported(
  output: object,
  onRead: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | undefined = (bytes) => bytes,
) {
  const stages = new Stages();
  const { store, clock, ports } = stages;
  await stages.split({ ...JOB_OF_4_CHUNKS, output });
  for (const body of stages.chunks.take()) await stages.work(body);
  const job = await readJob("j", store);
  const key = chunkKeys(job, CHUNK)[0]!;
  const get = store.get.bind(store);
  const reads: string[] = [];
  store.get = async (asked, mostBytes) => {
    reads.push(asked);
    const bytes = await get(asked, mostBytes);
    return asked === key && bytes ? onRead(bytes) : bytes;
  };
  const ledger = await readLedger(job, store);
  for (const body of stages.results.take()) {
    const report = JSON.parse(body);
    if (report.kind !== "report") continue;
    for (const chunk of report.chunks) if (chunk.chunk === CHUNK) chunk.tile = null;
    ledger.addReport({ round: 0, ...report });
  }
  reads.length = 0;
  clock.advance(1_000_000);
  return { end: () => finish(job, ledger, ports), ledger, store, reads, key };
}

const refuse = (status: number, code: string) => () => {
  throw new AwsError("s3 GetObject", status, code, "no");
};
const pictures = [keys.picture("heatmap"), keys.picture("surface"), keys.picture("timeline")];

test("pictures show a chunk that was reported without its tile as it is stored, and their time is told", async () => {
  const { end, ledger, store, reads, key } = await reported({ plots: true });
  const cellsLacking = () => ledger.values[0]!.overview.values.filter(Number.isNaN).length;
  expect(cellsLacking()).toBe(4 * 5);
  const ended = await end();
  expect(ended).toMatchObject({ summary: { state: "complete" } });
  expect(reads).toEqual([key]);
  expect(cellsLacking()).toBe(0);
  expect([...store.objects.keys()]).toEqual(expect.arrayContaining(pictures));
  // Its clock moves a millisecond at each look.
  expect("plotsMs" in ended && ended.plotsMs).toBe(1);
  expect(store.puts.at(-1)).toBe(keys.summary);
});

test("without pictures and export no chunk is read, and none is drawn", async () => {
  const { end, store, reads } = await reported({ plots: false });
  expect(await end()).toMatchObject({ summary: { state: "complete" } });
  expect(reads).toEqual([]);
  expect(store.puts.filter((key) => key.endsWith(".png"))).toEqual([]);
});

const cut = (bytes: Uint8Array<ArrayBuffer>) => bytes.slice(3);
test.each([
  ["gone as its tile is looked for", { plots: true }, () => undefined],
  ["damaged as its tile is looked for", { plots: true }, cut],
  ["damaged as it is exported", { plots: false, npy: true }, cut],
])("a chunk that is %s is to be computed again first", async (_, output, onRead) => {
  const { end, store } = await reported(output, onRead);
  expect(await end()).toEqual({ corrupt: [CHUNK] });
  expect(store.json(keys.summary)).toBeUndefined();
});

test("one that the store refuses then has failed", async () => {
  const { end } = await reported({ plots: true }, refuse(403, "AccessDenied"));
  expect(await end()).toMatchObject({
    summary: {
      state: "incomplete",
      failures: [{ chunk: CHUNK, error: expect.stringContaining("AccessDenied") }],
    },
  });
});

test.each([{ npy: true, plots: false }, { plots: true }])(
  "where the store is out of order for a while, there is no summary: %o",
  async (output) => {
    const { end, store } = await reported(output, refuse(503, "SlowDown"));
    await expect(end()).rejects.toThrow("SlowDown");
    expect(store.json(keys.summary)).toBeUndefined();
  },
);
