import { expect, test } from "vitest";
import { fillingSvg } from "../../../tools/site/filling.ts";

const chunk = (column: number, lane: number, startMs: number, endMs: number) =>
  ({ from: [0, column], shape: [2, 2], lane, startMs, endMs }) as const;
const svg = fillingSvg({
  cells: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7),
  shape: [2, 4],
  chunks: [chunk(0, 0, 100, 150), chunk(2, 1, 100, 200)],
  title: "t",
});

test("each chunk is covered at its place until it is there, the last one until the end of 4.8 s", () => {
  expect(
    [...svg.matchAll(/class="c" x="(\d)" .*?animation-delay:([\d.]+)s,([\d.]+)s/g)].map(
      ([, ...each]) => each,
    ),
  ).toEqual([
    ["0", "0", "2.4"],
    ["2", "0", "4.8"],
  ]);
});

test("each worker has a row of bars as long as its chunks took", () => {
  const bars = [...svg.matchAll(/class="b" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/g)].map(([, ...each]) =>
    each.map(Number),
  );
  expect(bars).toEqual([
    [0, 5, 1.7],
    [0, 17, 3.7],
  ]);
});

test("it holds still, with the whole array, for who asked for less motion, and loads nothing", () => {
  expect(svg).toContain("@media (prefers-reduced-motion:reduce){.c,.b{animation:none}.c{opacity:0}}");
  expect([...svg.matchAll(/href="([^"]{0,22})/g)].map(([, href]) => href)).toEqual([
    "data:image/png;base64,",
  ]);
});
