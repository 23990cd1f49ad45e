/** What others measured on AWS. */

export interface Published {
  readonly what: string;
  readonly source: string;
  readonly date: string;
  /** Starts that the figures are of. */
  readonly n: string;
  readonly figures: string;
}

const LAMBDA_PERF = {
  source: "[maxday/lambda-perf](https://github.com/maxday/lambda-perf), its data of 111 days",
  date: "2026-04-04 to 08-22",
};
const perf = (architecture: string, memory: number, n: number, init: readonly number[], call: number) => ({
  ...LAMBDA_PERF,
  what: `Node 24, an empty function in a zip, ${architecture}, ${memory} MB`,
  n: `${n}`,
  figures: `init p50 ${init[0]}, p90 ${init[1]}, p99 ${init[2]} ms; first call ${call} ms (mean of daily means)`,
});

export const PUBLISHED: readonly Published[] = [
  perf("arm64", 128, 1018, [122, 138, 168], 28.2),
  perf("arm64", 256, 1022, [123, 139, 174], 8.7),
  perf("arm64", 512, 1023, [126, 142, 177], 4.2),
  perf("arm64", 1024, 1021, [126, 142, 180], 4.2),
  perf("x86", 128, 1011, [145, 178, 228], 24.8),
  perf("x86", 1024, 1018, [142, 170, 205], 3.9),
  {
    what: "Node 22, three clients of the SDK, the first https request in init",
    source:
      "[speedrun.nobackspacecrew.com](https://speedrun.nobackspacecrew.com/blog/2025/07/21/the-fastest-node-22-lambda-coldstart-configuration.html)",
    date: "2025-07-21",
    n: "not said",
    figures:
      "init about 375 ms, of which 125 are the first https request; it says that init has at least two whole processors, whatever the memory",
  },
  {
    what: "Node, SDK and Powertools, 128 MB",
    source: "[kkloudtarus.net](https://kkloudtarus.net/en/blog/lambda-cold-start-optimization)",
    date: "2026",
    n: "1",
    figures: "init 304 ms, first event 1,513 ms, second event 214 ms",
  },
  {
    what: "Share of a processor by memory",
    source: "[pwrdrvr/lambda-throttling](https://github.com/pwrdrvr/lambda-throttling)",
    date: "2025-03-01",
    n: "not said",
    figures: "m / 1769 within 0.5 % (256 MB 8 % less, 1769 MB 3 % less), in periods of 20 ms",
  },
];
