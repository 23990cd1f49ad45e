import type { Look } from "../../functions/aggregator/pictures.ts";
import { pngMedium } from "../../plots/canvas.ts";
import type { Limits, View } from "../../plots/picture.ts";
import { themeAt, themeFor } from "../../plots/theme.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { choice } from "../request/choice.ts";
import { wholeNumber } from "../request/numbers.ts";

/** The command line's options for how pictures look, each value as the user typed it. */
export interface LookOptions {
  readonly format?: string;
  readonly size?: string;
  readonly dpi?: string;
  readonly title?: string;
  readonly limits?: string;
  readonly view?: string;
  readonly special?: string;
}

export const FORMATS = ["png", "svg", "pdf"] as const;
const MM_PER_INCH = 25.4;
/** In millimetres: below, letters of 10 points leave no room for the picture. */
const SIDES_MM = { from: 50, to: 1000 } as const;
const MOST_DPI = 1200;
const MOST_PIXELS = 100e6;
/** What print asks for; a screen has 100. */
const PRINT_DPI = 300;

/** What the options ask for. SVG and PDF are loaded only where they are named. Throws InvalidInputError naming the option. */
export async function lookOf(options: LookOptions): Promise<Look> {
  const names = (options.format ?? "png").split(",").map((name) => choice(FORMATS, name.trim(), "--format"));
  const size = options.size === undefined ? undefined : sizeOf(options.size);
  const dpi = options.dpi === undefined ? undefined : wholeNumber(options.dpi, "--dpi", MOST_DPI);
  return {
    ...(options.title !== undefined && { title: options.title }),
    ...(options.limits !== undefined && { limits: limitsOf(options.limits) }),
    ...(options.view !== undefined && { view: viewOf(options.view) }),
    ...(options.special !== undefined && { special: specialOf(options.special) }),
    media: await mediaOf(names, size, dpi),
  };
}

type Size = { readonly width: number; readonly height: number };

/** What makes a file of each kind; none for PNG files as a job has them. */
export async function mediaOf(
  names: readonly (typeof FORMATS)[number][],
  size?: Size,
  dpi?: number,
): Promise<NonNullable<Look["media"]>> {
  // A job's own PNG files, each in its own size.
  if (names.join() === "png" && !size && dpi === undefined) return [];
  const imageDpi = dpi ?? PRINT_DPI;
  const media = names.map(async (extension) => {
    if (extension === "png") {
      const pngDpi = dpi ?? (size ? PRINT_DPI : 100);
      const dots = size && {
        width: Math.round(size.width * pngDpi),
        height: Math.round(size.height * pngDpi),
      };
      if (dots && dots.width * dots.height > MOST_PIXELS)
        throw new InvalidInputError(
          "--size",
          `at most ${MOST_PIXELS} pixels`,
          `${dots.width} x ${dots.height}`,
        );
      return () => pngMedium(size ? themeFor(size, pngDpi) : themeAt(pngDpi), dots, pngDpi);
    }
    const { pageMedium } = await import("../../plots/vector/vector-drawing.ts");
    const { svgOf } = await import("../../plots/vector/svg.ts");
    const { pdfOf } = await import("../../plots/vector/pdf.ts");
    const write = extension === "svg" ? svgOf : pdfOf;
    return (title: string) => pageMedium({ extension, imageDpi, size, write: (page) => write(page, title) });
  });
  return Promise.all(media);
}

/** `120x90mm`, `12x9cm` or `4.7x3.5in`, in inches. */
function sizeOf(text: string): Size {
  const [, width, height, unit] = /^(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(mm|cm|in)$/.exec(text.trim()) ?? [];
  const inches = { mm: 1 / MM_PER_INCH, cm: 10 / MM_PER_INCH, in: 1 }[unit ?? ""] ?? Number.NaN;
  const size = { width: Number(width) * inches, height: Number(height) * inches };
  const { from, to } = SIDES_MM;
  const fits = (side: number) => side * MM_PER_INCH > from - 1e-9 && side * MM_PER_INCH < to + 1e-9;
  if (fits(size.width) && fits(size.height)) return size;
  throw new InvalidInputError(
    "--size",
    `width and height from ${from} to ${to} mm, such as 120x90mm, 12x9cm or 4.7x3.5in`,
    show(text),
  );
}

/** `0:100`, `0:` or `:100`. */
function limitsOf(text: string): Limits {
  const [, ...ends] = /^([^:]*):([^:]*)$/.exec(text.trim()) ?? [];
  const [low, high] = ends.map((end) => (end === "" ? undefined : Number(end)));
  const isEnd = (end: number | undefined) => end === undefined || Number.isFinite(end);
  if (ends.join("") !== "" && isEnd(low) && isEnd(high) && !(low! >= high!)) return { low, high };
  throw new InvalidInputError("--limits", "<low>:<high>, either of which may be left out", show(text));
}

/** `-60,30`: azimuth and elevation in degrees. */
function viewOf(text: string): View {
  const [, ...angles] = /^(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  const [azimuth = Number.NaN, elevation = Number.NaN] = angles.map(Number);
  if (Math.abs(azimuth) <= 360 && elevation <= 90) return { azimuth, elevation };
  throw new InvalidInputError(
    "--view",
    "<azimuth>,<elevation> in degrees, from -360 to 360 and from 0 to 90, such as -60,30",
    show(text),
  );
}

/** `10=never flips`. */
function specialOf(text: string): Look["special"] {
  const [, value = "", means = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (value.trim() !== "" && Number.isFinite(Number(value))) return { value: Number(value), means };
  throw new InvalidInputError("--special", "<value>=<words>, such as 10=never", show(text));
}
