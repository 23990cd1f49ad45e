import { expect, test } from "vitest";
import { ReportFeed, spread } from "../../../client/watch/report-feed.ts";
import { listSegments, writeSegments } from "../../../shared/record/segments.ts";
import { CountingStore } from "../../helpers/counting-store.ts";
import { chunkReportAt } from "../../helpers/stages.ts";

test("each report is read once, and no more after a look than its bound, however many there are", async () => {
  const store = new CountingStore();
  for (let chunk = 0; chunk < 50; chunk++)
    await writeSegments(store, "j", [chunkReportAt(chunk, "worker-1", chunk, 1)]);
  const seen: number[] = [];
  const feed = new ReportFeed("j", ({ chunks }) => seen.push(...chunks.map(({ chunk }) => chunk)));
  const gets: number[] = [];
  for (let left = 50; left > 0; gets.push(store.counts.gets))
    left = await feed.read(store, await listSegments(store, "j", 50));
  expect(gets).toEqual([20, 40, 50]);
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, chunk) => chunk));
});

test("what is read first is spread over all of it", () => {
  expect(spread([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3)).toEqual([0, 3, 6]);
  expect(spread([0, 1], 3)).toEqual([0, 1]);
});
