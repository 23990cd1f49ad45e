/** Colours and sizes that all pictures share. */

export const PAPER = 0xffffff;
export const INK = 0x1c1c1c;
export const FRAME = 0x333333;
export const GRID = 0xe4e6ea;
/** The first of matplotlib's line colours. */
export const LINE = 0x1f77b4;

/** The heights of letters, and the thickness of one thin line, in dots. */
export interface Theme {
  /** Dots per inch of a picture of a screen's size; a small one is drawn as if its inches were shorter. */
  readonly dpi: number;
  readonly text: number;
  readonly title: number;
  readonly unit: number;
}

/** Letters of 10 points, as matplotlib's, and titles of 12. */
export const themeAt = (dpi: number): Theme => ({
  dpi,
  text: Math.round(0.14 * dpi),
  title: Math.round(0.17 * dpi),
  unit: Math.max(1, Math.round(dpi / 100)),
});

/** Inches of the pictures that a job has by itself. */
const USUAL = { width: 7.8, height: 6 };

/** For a picture of that size (inches): its letters are smaller where it is, at 85 mm about 6.5 points. */
export function themeFor(size: { readonly width: number; readonly height: number }, dpi: number): Theme {
  const share = Math.min(1, size.width / USUAL.width, size.height / USUAL.height);
  return themeAt(dpi * Math.sqrt(share));
}

export const SCREEN = themeAt(100);
export const PRINT = themeAt(172);

/** A length of hundredths of an inch, in whole dots: a pixel of the screen's pictures. */
export const dots = ({ dpi }: Pick<Theme, "dpi">, hundredths: number): number =>
  Math.round((hundredths * dpi) / 100);
/** Around every picture, and between its parts. */
export const padOf = (theme: Theme): number => dots(theme, 14);
