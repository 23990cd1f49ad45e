import type { Page } from "../measuring/page.ts";
import { medianOf, spread, spreadOf } from "../measuring/statistics.ts";
import { tableOf } from "../measuring/table.ts";
import type { Results } from "./run.ts";

export const EDITS = 7;
export const DEPLOYMENTS = 3;
export const COLD_STARTS = 15;
export const SIDE = 60;

const seconds = (ms: number) => ms / 1000;

export function page({ iterations, coldStarts }: Results): Page {
  const cold = (variant: string) => coldStarts.filter((each) => each.variant === variant);
  const more = (kind: string) =>
    (
      medianOf(cold(`${kind}, uploaded`), ({ coldMs }) => coldMs) -
      medianOf(cold(`${kind}, in the zip`), ({ coldMs }) => coldMs)
    ).toFixed(0);
  const iteration = (what: string) =>
    medianOf(
      iterations.filter((each) => each.what === what),
      ({ ms }) => seconds(ms),
    ).toFixed(1);
  const [local, uploaded, deployed] = [EDITED_LOCAL, EDITED_UPLOADED, EDITED_DEPLOYED].map(iteration);
  return {
    answer: `From an edit of a kernel in TypeScript to its result ${local} s pass on engine \`local\`, ${uploaded} s on a deployment in LocalStack that it is uploaded to, and ${deployed} s where it is deployed first. A cold start takes ${more("TypeScript")} ms more where a kernel of TypeScript was uploaded than where it is in the zip, ${more("WebAssembly")} ms where it is WebAssembly.`,
    about: `A file is written with another constant, and \`run\` computes ${SIDE} x ${SIDE} cells of it without pictures; from the start of \`node\` to its exit. The cold start is that of the built worker, in a process of its own beside the embedded S3 and SQS, without a cache of compiled code: from the start of \`node\` to the answer for a message with one chunk of 10 x 10 cells. The next message shows what is kept. An uploaded kernel computes in a thread that can be ended, whose start is in its figure; one that is in the zip, or in the program, does not. On AWS the GET of the artifact takes longer than here.`,
    tables: [
      tableOf(
        "From an edit to the result, in s: median, smallest and largest",
        [...Map.groupBy(iterations, ({ what }) => what)],
        {
          what: ([what]) => what,
          runs: ([, runs]) => runs.length,
          s: ([, runs]) =>
            spread(
              runs.map(({ ms }) => seconds(ms)),
              2,
            ),
        },
      ),
      tableOf(
        `A worker's first message and its second, in ms (${COLD_STARTS} processes each, in turn)`,
        [...Map.groupBy(coldStarts, ({ variant }) => variant)],
        {
          kernel: ([variant]) => variant,
          "cold start": ([, starts]) => spreadOf(starts, ({ coldMs }) => coldMs),
          "second message": ([, starts]) => spreadOf(starts, ({ warmMs }) => warmMs, 1),
        },
      ),
    ],
  };
}

export const EDITED_LOCAL = "engine local, an edited file";
export const SAME_LOCAL = "engine local, the same file again";
export const EDITED_UPLOADED = "LocalStack, an edited file, uploaded";
export const SAME_UPLOADED = "LocalStack, the same file again";
export const EDITED_DEPLOYED = "LocalStack, an edited file, deployed first";
