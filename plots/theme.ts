/** Colours and sizes that all pictures share. */
import type { FontSize } from "./text.ts";

export const PAPER = 0xffffff;
export const INK = 0x1c1c1c;
export const FRAME = 0x333333;
export const GRID = 0xe4e6ea;
/** The first of matplotlib's line colours. */
export const LINE = 0x1f77b4;

/** Letter sizes, and the thickness of one thin line in px. */
export interface Theme {
  readonly text: FontSize;
  readonly title: FontSize;
  readonly unit: number;
}

export const SCREEN: Theme = { text: 14, title: 17, unit: 1 };
export const PRINT: Theme = { text: 24, title: 30, unit: 2 };
