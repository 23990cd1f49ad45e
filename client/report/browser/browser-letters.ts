/** How wide the browser's own letters are: it stands in the place of plots/outlines.ts, of which pictures take that alone. */
import { UNITS } from "../../../plots/glyphs.generated.ts";

export const FONT = "system-ui, sans-serif";

const widths = new Map<string, number>();
let pen: CanvasRenderingContext2D | null | undefined;

export function outlinesOf(text: string): { readonly character: string; readonly advance: number }[] {
  return Array.from(text, (character) => ({ character, advance: widthOf(character) }));
}

/** In units, of which an em has `UNITS`. */
function widthOf(character: string): number {
  const known = widths.get(character);
  if (known !== undefined) return known;
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return UNITS / 2;
  pen.font = `${UNITS}px ${FONT}`;
  const { width } = pen.measureText(character);
  widths.set(character, width);
  return width;
}
