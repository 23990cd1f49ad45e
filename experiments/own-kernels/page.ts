import type { Page } from "../measuring/page.ts";
import { grouped, median, spread } from "../measuring/statistics.ts";
import { tableOf } from "../measuring/table.ts";
import type { Results } from "./run.ts";

export const REPEATS = 9;
/** The points of both axes, of the example and of kernels that do next to nothing. */
export const SIDE = 60;
export const CALLS_SIDE = 1000;

export function page({ languages, calls }: Results): Page {
  const perCell = (ms: readonly number[]) => ms.map((each) => (1000 * each) / SIDE ** 2);
  const [typescript] = languages;
  const ratio = (ms: readonly number[]) => median(typescript!.ms) / median(ms);
  const fastest = languages.toSorted((a, b) => median(a.ms) - median(b.ms))[0]!;
  const others = languages
    .filter((each) => each !== typescript && each !== fastest)
    .map(({ ms }) => ratio(ms));
  const perCall = (ms: readonly number[]) => ms.map((each) => (1e6 * each) / CALLS_SIDE ** 2);
  const point = calls.find(({ what }) => what.includes("`point` in WebAssembly"))!;
  const range = `${Math.min(...others).toFixed(2)} to ${Math.max(...others).toFixed(2)}`;
  return {
    answer: `The example's kernel, compiled from other languages, is ${range} times as fast as in TypeScript, and ${ratio(fastest.ms).toFixed(1)} times in its fastest form, ${fastest.language}; calling a compiled \`point\` costs ${median(perCall(point.ms)).toFixed(0)} ns a cell.`,
    about:
      "The kernel of [examples/kernels/magnets](../../examples/kernels/magnets/README.md), a pendulum above magnets, as a user's file each, through the driver that computes chunks. All give the same bits; the experiment stops if one does not. `c-fill` computes two cells at a time by 128-bit vectors.",
    tables: [
      tableOf(
        `The processor's time, all in turn in one process, ${SIDE} x ${SIDE} cells of 1,500 steps, median of ${REPEATS}`,
        languages,
        {
          language: ({ language }) => language,
          "µs a cell": ({ ms }) => spread(perCell(ms), 1),
          "times as fast as TypeScript": ({ ms }) => ratio(ms).toFixed(2),
          "artifact, bytes": ({ sizeBytes }) => grouped(sizeBytes),
        },
      ),
      tableOf(
        `What a cell costs where the kernel does next to nothing (x * y), ${CALLS_SIDE} x ${CALLS_SIDE} cells, median of ${REPEATS}`,
        calls,
        {
          kernel: ({ what }) => what,
          "ns a cell": ({ ms }) => spread(perCall(ms), 1),
        },
      ),
    ],
  };
}
