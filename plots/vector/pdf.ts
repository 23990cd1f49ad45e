/** Writes a page as PDF 1.5 (ISO 32000-1): one page with its images and the letters that it needs, nothing outside. */
import type { Colour, Raster } from "../drawing.ts";
import { outlinesOf } from "../outlines.ts";
import { startOf } from "../text.ts";
import { Letters } from "./letters.ts";
import { PdfFile } from "./pdf-file.ts";
import type { Page, Shape } from "./vector-drawing.ts";

export function pdfOf(page: Page, title: string): Uint8Array {
  const file = new PdfFile();
  const letters = new Letters();
  const images: string[] = [];
  const states = new Map<number, string>();
  const image = (raster: Raster) => {
    images.push(`/I${images.length} ${imageOf(file, raster)} 0 R`);
    return `I${images.length - 1}`;
  };
  const state = (share: number) => {
    states.set(share, states.get(share) ?? `G${states.size}`);
    return states.get(share)!;
  };
  const { scale } = page;
  const drawn = page.shapes.map((shape) => operatorsOf(shape, { letters, image, state }));
  // Dots from the upper left corner become points from the lower left one.
  const content = `1 J 1 j ${n(scale)} 0 0 ${n(-scale)} 0 ${n(page.height)} cm\n${drawn.join("\n")}`;
  const contents = file.stream("", Buffer.from(content, "latin1"));
  const font = letters.addTo(file);
  const opacities = [...states].map(([share, name]) => `/${name} <</ca ${n(share)}>>`);
  const resources = `<</Font <</F ${font} 0 R>> /XObject <<${images.join(" ")}>> /ExtGState <<${opacities.join(" ")}>>>>`;
  const pages = file.next + 1;
  const leaf = file.add(
    `<</Type /Page /Parent ${pages} 0 R /MediaBox [0 0 ${n(page.width)} ${n(page.height)}] /Contents ${contents} 0 R /Resources ${resources}>>`,
  );
  file.add(`<</Type /Pages /Kids [${leaf} 0 R] /Count 1>>`);
  const catalogue = file.add(`<</Type /Catalog /Pages ${pages} 0 R>>`);
  const info = file.add(`<</Title ${utf16(title)} /Producer (manyhands)>>`);
  return file.end(`/Root ${catalogue} 0 R /Info ${info} 0 R`);
}

interface Resources {
  readonly letters: Letters;
  image(raster: Raster): string;
  state(share: number): string;
}

function operatorsOf(shape: Shape, { letters, image, state }: Resources): string {
  switch (shape.kind) {
    case "box": {
      const { x, y, width, height } = shape.box;
      const fill = `${rgb(shape.colour)} rg ${x} ${y} ${width} ${height} re f`;
      return shape.share < 1 ? `q /${state(shape.share)} gs ${fill} Q` : fill;
    }
    case "polygon":
      return `${rgb(shape.colour)} rg ${path(shape.corners)} f`;
    case "line":
      return `${rgb(shape.colour)} RG ${n(shape.thickness)} w ${path(shape.points)} S`;
    case "image": {
      const { x, y, width, height } = shape.box;
      return `q ${width} 0 0 ${-height} ${x} ${y + height} cm /${image(shape.raster)} Do Q`;
    }
    case "text": {
      const { text, at, style } = shape;
      const start = startOf(text, style);
      const matrix = style.upwards
        ? `0 -1 -1 0 ${n(at.x)} ${n(at.y - start)}`
        : `1 0 0 -1 ${n(at.x + start)} ${n(at.y)}`;
      return `BT ${rgb(style.colour)} rg /F ${style.size} Tf ${matrix} Tm <${letters.hex(outlinesOf(text))}> Tj ET`;
    }
  }
}

function imageOf(file: PdfFile, { width, height, pixels, alpha }: Raster): number {
  const size = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /BitsPerComponent 8`;
  const mask =
    alpha && file.stream(`${size} /ColorSpace /DeviceGray`, Buffer.from(alpha.buffer, 0, alpha.length));
  const bytes = Buffer.alloc(3 * pixels.length);
  for (let k = 0; k < pixels.length; k++) bytes.writeUIntBE(pixels[k]! & 0xffffff, 3 * k, 3);
  return file.stream(`${size} /ColorSpace /DeviceRGB${mask ? ` /SMask ${mask} 0 R` : ""}`, bytes);
}

const path = (points: readonly { readonly x: number; readonly y: number }[]): string =>
  points.map(({ x, y }, k) => `${n(x)} ${n(y)} ${k === 0 ? "m" : "l"}`).join(" ");
const n = (value: number): string => String(Math.round(value * 1000) / 1000);
const rgb = (colour: Colour): string =>
  [colour >> 16, (colour >> 8) & 255, colour & 255].map((part) => n(part / 255)).join(" ");
const utf16 = (text: string): string => `<feff${Buffer.from(text, "utf16le").swap16().toString("hex")}>`;
