/** What of an output is the same on every machine and at every time. Pure. */

/** Figures that follow from what is computed, whatever computes it: these stay. */
const KEPT = /(\b(?:sum|elements|exit code|cells|items) +[\d,]+)/;
const NUMBER = String.raw`[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?`;
const FIGURE = new RegExp(
  String.raw`(?<![\w.-])${NUMBER}(?: ?(?:ms|s|min|h|d|%|B|kB|MB|GB|USD)(?![\w/]))?`,
  "g",
);
/** "# and # workers", "# to #". */
const SEVERAL = /#(?:(?:, | and | to | x )#)+/g;
const PLURAL = /\b(worker|run|chunk|core|message|report|machine|process)(?:e?s)?\b/g;
/** A line whose parts are ordered by their length. */
const ORDERED = "below 1";

/** Its lines without what differs from run to run: another figure is `#`, and an empty line is left out. */
export const shapeOf = (output: string): string[] =>
  output
    .split("\n")
    .filter((line) => !line.trimStart().startsWith(ORDERED))
    .map((line) => line.trim().split(KEPT).map(partOf).join("").replace(/\s+/g, " "))
    .filter((line) => line !== "");

const partOf = (part: string, index: number) =>
  index % 2 === 1 ? part : part.replace(FIGURE, "#").replace(SEVERAL, "#").replace(PLURAL, "$1");

/** The lines before the first empty one. */
export const headOf = (output: string): string => output.split("\n\n", 1)[0]!;
