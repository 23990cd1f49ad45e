/** Writes a page as SVG 1.1: text stays text, in whichever font of the list there is; images are PNG files inside. */
import type { Colour } from "../drawing.ts";
import { encodePng } from "../png.ts";
import { textWidth } from "../text.ts";
import type { Page, Shape } from "./vector-drawing.ts";

/** The letters that the layout is measured by, then those closest to them. */
const FONTS = "DejaVu Sans, Bitstream Vera Sans, Verdana, Geneva, sans-serif";
/** What XML cannot have: control characters, and halves of pairs. */
const UNWRITABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

export function svgOf(page: Page, title: string): Uint8Array {
  const { width, height, scale, shapes } = page;
  const [w, h] = [n(width), n(height)];
  return Buffer.from(
    [
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${w}pt" height="${h}pt" viewBox="0 0 ${w} ${h}" role="img" font-family="${FONTS}">`,
      `<title>${escaped(title)}</title>`,
      `<rect width="${w}" height="${h}" fill="#fff"/>`,
      ...shapes.map((shape) => elementOf(shape, scale)),
      "</svg>\n",
    ].join("\n"),
  );
}

function elementOf(shape: Shape, scale: number): string {
  const s = (length: number) => n(length * scale);
  if (shape.kind === "text") {
    const { text, at, style } = shape;
    const anchor = { left: "start", centre: "middle", right: "end" }[style.align];
    const turned = style.upwards ? ` transform="rotate(-90 ${s(at.x)} ${s(at.y)})"` : "";
    // Another font than the first one is squeezed into the room that the layout has for it.
    const length = s(textWidth(text, style.size));
    return `<text x="${s(at.x)}" y="${s(at.y)}" font-size="${s(style.size)}" fill="${hex(style.colour)}" text-anchor="${anchor}" textLength="${length}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"${turned}>${escaped(text)}</text>`;
  }
  if (shape.kind === "line") {
    const path = shape.points.map(({ x, y }, k) => `${k === 0 ? "M" : "L"}${s(x)} ${s(y)}`).join("");
    return `<path d="${path}" fill="none" stroke="${hex(shape.colour)}" stroke-width="${s(shape.thickness)}" stroke-linecap="round" stroke-linejoin="round"/>`;
  }
  if (shape.kind === "polygon") {
    const points = shape.corners.map(({ x, y }) => `${s(x)},${s(y)}`).join(" ");
    return `<polygon points="${points}" fill="${hex(shape.colour)}"/>`;
  }
  const { x, y, width, height } = shape.box;
  const box = `x="${s(x)}" y="${s(y)}" width="${s(width)}" height="${s(height)}"`;
  if (shape.kind === "box") {
    const opacity = shape.share < 1 ? ` fill-opacity="${shape.share}"` : "";
    return `<rect ${box} fill="${hex(shape.colour)}"${opacity}/>`;
  }
  const { raster } = shape;
  const png = encodePng(raster.pixels, raster.width, raster.height, undefined, raster.alpha);
  return `<image ${box} preserveAspectRatio="none" image-rendering="optimizeSpeed" style="image-rendering:pixelated" xlink:href="data:image/png;base64,${Buffer.from(png).toString("base64")}"/>`;
}

const n = (length: number): string => String(Math.round(length * 1000) / 1000);
const hex = (colour: Colour): string => `#${colour.toString(16).padStart(6, "0")}`;

function escaped(text: string): string {
  return text
    .replace(UNWRITABLE, "\ufffd")
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
