import type { Page } from "../measuring/page.ts";
import { median } from "../measuring/statistics.ts";
import { tableOf } from "../measuring/table.ts";
import type { Results } from "./run.ts";

export const ROUNDS = 300;
/** For each function's errors. */
export const ERROR_INPUTS = 100_000;

export type Range = readonly [xFrom: number, xTo: number, yFrom?: number, yTo?: number];

/** What the times are of. */
export const RANGES: Readonly<Record<string, Range>> = {
  sin: [-100, 100],
  cos: [-100, 100],
  tan: [-100, 100],
  asin: [-1, 1],
  acos: [-1, 1],
  atan: [-10, 10],
  atan2: [-10, 10, -10, 10],
  exp: [-50, 50],
  expm1: [-5, 5],
  log: [0, 1000],
  log1p: [-0.9, 100],
  log2: [0, 1000],
  log10: [0, 1000],
  pow: [0, 10, -10, 10],
  sinh: [-20, 20],
  cosh: [-20, 20],
  tanh: [-3, 3],
  asinh: [-100, 100],
  acosh: [1, 100],
  atanh: [-1, 1],
  cbrt: [-1000, 1000],
  hypot: [-10, 10, -10, 10],
};

export function page({ minifiedBytes, gzipBytes, functions }: Results): Page {
  const ratios = functions.map(ratio);
  const worst = functions.reduce((a, b) => (b.oursUlps > a.oursUlps ? b : a));
  const slowest = functions.reduce((a, b) => (ratio(b) > ratio(a) ? b : a));
  return {
    answer: `Maths whose bits are the same on every processor takes ${median(ratios).toFixed(2)} times what Math.* takes (median of ${functions.length} functions; ${slowest.name} most, ${ratio(slowest).toFixed(2)}), errs by ${worst.oursUlps.toFixed(2)} ulp at most (${worst.name}), and is ${(minifiedBytes / 1000).toFixed(1)} KB minified (${(gzipBytes / 1000).toFixed(1)} KB gzipped).`,
    about: `\`shared/kernels/maths\`, bundled and minified as in a kernel, beside Math.* of this Node. Times are ns of CPU time a call in a loop over 4,096 random inputs, ours and Math's in turn, the least of ${ROUNDS} rounds of a millisecond each: other work shares the caches and cores, and only adds. An error is the largest one of ${ERROR_INPUTS.toLocaleString("en")} inputs (any bits, subnormal, next to 1, next to multiples of π/2 of any size, where the way of computing changes; \`test/python/maths/exact.py\`) from mpmath's value, in units of its last place: 0.5 is a correctly rounded result. Math's errors and bits are those of this processor; on arm64 they differ. Ours are the same there and with Node 20: \`test/slow/maths-on-arm64\` compares 1,000,000 results of each.`,
    tables: [
      tableOf("Nanoseconds a call, and largest error", functions, {
        function: ({ name }) => name,
        "inputs timed": ({ name }) => RANGES[name]!.join(", "),
        ours: ({ oursNs }) => oursNs.toFixed(1),
        "Math.*": ({ enginesNs }) => enginesNs.toFixed(1),
        ratio: (each) => ratio(each).toFixed(2),
        "error of ours (ulp)": ({ oursUlps }) => oursUlps.toFixed(3),
        "error of Math.* (ulp)": ({ enginesUlps }) => enginesUlps.toFixed(3),
      }),
    ],
  };
}

function ratio({ oursNs, enginesNs }: Results["functions"][number]): number {
  return oursNs / enginesNs;
}
