import { PNG } from "pngjs";
import { expect, test } from "vitest";
import { encodePng } from "../../../plots/png.ts";
import { Pixels } from "../../helpers/pictures.ts";

const COLOUR_TYPE_AT = 25;

test("a picture of 256 colours has a palette and decodes to the same pixels", () => {
  const pixels = Uint32Array.from({ length: 512 }, (_, k) => (k % 256) * 0x010101);
  const png = encodePng(pixels, 32, 16);
  expect(png[COLOUR_TYPE_AT]).toBe(3);
  expect(new Pixels(png).all()).toEqual([...pixels]);
});

test("a picture of 257 colours is RGB and decodes to the same pixels", () => {
  const pixels = Uint32Array.from({ length: 257 * 3 }, (_, k) => ((k % 257) * 65_000) & 0xffffff);
  const png = encodePng(pixels, 257, 3);
  expect(png[COLOUR_TYPE_AT]).toBe(2);
  expect(new Pixels(png).all()).toEqual([...pixels]);
});

test("a picture says how large it is on paper, and a clear one has its alpha", () => {
  const physical = (png: Uint8Array) => {
    const at = Buffer.from(png).indexOf("pHYs") + 4;
    return [Buffer.from(png).readUInt32BE(at), Buffer.from(png).readUInt32BE(at + 4), png[at + 8]];
  };
  const pixels = Uint32Array.of(0xff8000, 0x0080ff);
  // 300 / 25.4 mm, in pixels per metre.
  expect(physical(encodePng(pixels, 2, 1, 300))).toEqual([11811, 11811, 1]);
  const clear = encodePng(pixels, 2, 1, 100, Uint8Array.of(255, 7));
  expect([...PNG.sync.read(Buffer.from(clear)).data]).toEqual([255, 128, 0, 255, 0, 128, 255, 7]);
});

test("one pixel is enough", () => {
  const { width, height } = PNG.sync.read(Buffer.from(encodePng(Uint32Array.of(0xff8000), 1, 1)));
  expect([width, height]).toEqual([1, 1]);
});

test("the same pixels give the same bytes", () => {
  const pixels = Uint32Array.from({ length: 4096 }, (_, k) => (k * 2_654_435_761) & 0xffffff);
  expect(encodePng(pixels, 64, 64)).toEqual(encodePng(pixels.slice(), 64, 64));
});
