import { expect, test } from "vitest";
import { lookOf } from "../../cli/commands/look.ts";

test.each([
  [{ format: "jpg" }, 'Expected --format to be one of png, svg, pdf, got "jpg".'],
  [
    { size: "120x90" },
    'Expected --size to be width and height from 50 to 1000 mm, such as 120x90mm, 12x9cm or 4.7x3.5in, got "120x90".',
  ],
  [{ size: "1x90mm" }, 'got "1x90mm".'],
  [{ dpi: "0" }, 'Expected --dpi to be a whole number from 1 to 1200, got "0".'],
  [{ size: "100x100cm", dpi: "1200" }, "Expected --size to be at most 100000000 pixels, got 47244 x 47244."],
  [{ limits: "3:1" }, 'Expected --limits to be <low>:<high>, either of which may be left out, got "3:1".'],
  [{ limits: ":" }, 'got ":".'],
  [{ limits: "0:x" }, 'got "0:x".'],
  [
    { view: "30" },
    'Expected --view to be <azimuth>,<elevation> in degrees, from -360 to 360 and from 0 to 90, such as -60,30, got "30".',
  ],
  [{ view: "0,91" }, 'got "0,91".'],
  [{ special: "never" }, 'Expected --special to be <value>=<words>, such as 10=never, got "never".'],
])("%j is refused in a sentence", async (options, sentence) => {
  await expect(lookOf(options)).rejects.toThrow(sentence);
});

test("without options pictures are a job's own; formats, sizes and dpi are media", async () => {
  expect((await lookOf({})).media).toEqual([]);
  expect((await lookOf({ limits: ":2", view: "-60,30", special: "1e3=no end" })).media).toEqual([]);
  const { media = [] } = await lookOf({ format: "png, svg,pdf", size: "4x3in", dpi: "150" });
  const [png, svg, pdf] = media.map((open) => open("a title"));
  expect([png?.extension, svg?.extension, pdf?.extension]).toEqual(["png", "svg", "pdf"]);
  expect(png?.size).toEqual({ width: 600, height: 450 });
  expect(svg?.size).toEqual({ width: 4800, height: 3600 });
});

test("limits, view and special value are as typed", async () => {
  const look = await lookOf({ limits: "-1e3:", view: "-30.5,60", special: "10=never flips", title: "" });
  expect(look).toMatchObject({
    title: "",
    limits: { low: -1000, high: undefined },
    view: { azimuth: -30.5, elevation: 60 },
    special: { value: 10, means: "never flips" },
  });
});
