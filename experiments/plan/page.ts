import type { Page } from "../measuring/page.ts";
import { grouped, median, percent } from "../measuring/statistics.ts";
import { type Table, tableOf } from "../measuring/table.ts";
import type { Pair, Results } from "./run.ts";

/** What the plan is to reach: a median of |ln(actual / predicted)|, and the share of actual values within intervals of 80 %. */
const MEDIAN = 0.1;
const COVERAGE = { least: 0.7, most: 0.9 };
/** Briefer runs are mostly starts, which another program's turn doubles. */
const JUDGED_SECONDS = 5;

type Figure = keyof Pair["actual"];

export function page(pairs: Results): Page {
  const first = pairs.filter(({ pass }) => pass === "first");
  const later = pairs.filter(({ pass }) => pass === "later");
  const judged = [...judgements("first plans", first), ...judgements("later plans", later)];
  const [cpu, , laterCpu] = [judged[0]!, judged[1]!, judged[3]!];
  const compared = pairs.flatMap(({ requests }) => requests?.compared ?? []);
  const equal = compared.filter(({ planned, made }) => planned === made).length;
  const counts = pairs.flatMap(({ chunks, messages }) => [chunks, messages]);
  const equalCounts = counts.filter(([planned, made]) => planned === made).length;
  const loads = pairs.map(({ load }) => load);
  const missed = judged.filter(({ verdict }) => verdict !== "holds").length;
  return {
    answer: `Plans miss the CPU seconds by ${percent(Math.expm1(cpu.median))} (median) where the machine remembers nothing, and by ${percent(Math.expm1(laterCpu.median))} where it remembers runs; ${percent(cpu.coverage)} and ${percent(laterCpu.coverage)} of the intervals of 80 % hold; ${missed === 0 ? "all" : judged.length - missed} of ${judged.length} aims are reached, and ${equal} of ${grouped(compared.length)} request counts are exact.`,
    about: `20 jobs, fixed before the first was measured, on the three engines of this machine: ${pairs.length} runs of the command line, each beside its plan. *First plans* are made where nothing is remembered, each job's with a file of its own; *later plans* with the file that those runs left. CPU seconds are the sum over the chunks; seconds are from the start of the command to its end, judged where the run takes ${JUDGED_SECONDS} s or more; USD are engine \`local\`'s, as metered. The aims: a median of |ln(actual / predicted)| of ${MEDIAN} at the most, and ${percent(COVERAGE.least)} to ${percent(COVERAGE.most)} of what happens within intervals of 80 %.

The machine's load (1 min) before a run was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}, in the median ${median(loads).toFixed(1)}. Of the requests, those are compared that follow from the plan and from the number of batches in which reports came; how many receives bring something depends on the moment (\`test/slow/metered-requests.test.ts\` compares those, too). Chunks and messages: ${equalCounts} of ${grouped(counts.length)} as planned. A plan took ${median(pairs.map(({ planSeconds }) => planSeconds)).toFixed(1)} s (median), ${Math.max(...pairs.map(({ planSeconds }) => planSeconds)).toFixed(1)} s at the most, start-up included.`,
    tables: [
      tableOf("The aims", judged, {
        plans: ({ plans }) => plans,
        of: ({ what }) => what,
        pairs: ({ pairs }) => pairs,
        "median of |ln(actual / predicted)|": ({ median }) => median.toFixed(3),
        "within 80 % intervals": ({ coverage }) => percent(coverage),
        verdict: ({ verdict }) => verdict,
      }),
      pairTable("First plans", first),
      pairTable("Later plans", later),
      tableOf(
        "Requests of engine local that follow from the plan, first plans",
        first.filter(({ requests }) => requests),
        {
          job: ({ job }) => job,
          "as planned": ({ requests }) =>
            `${requests!.compared.filter(({ planned, made }) => planned === made).length} of ${requests!.compared.length}`,
          others: ({ requests }) =>
            requests!.compared
              .filter(({ planned, made }) => planned !== made)
              .map(({ what, planned, made }) => `${what}: ${planned}, was ${made}`)
              .join("; "),
          "made: invocations, SQS, PUT and LIST, GET": ({ requests }) =>
            Object.values(requests!.made).map(grouped).join(", "),
        },
      ),
    ],
  };
}

/** By figure: how far the predictions are off, and how many intervals hold. */
function judgements(plans: string, pairs: readonly Pair[]) {
  const judge = (what: string, figure: Figure, judged: readonly Pair[]) => {
    const off = median(judged.map((pair) => Math.abs(missed(pair, figure))));
    const coverage = judged.filter((pair) => isWithin(pair, figure)).length / judged.length;
    const isCovered = coverage >= COVERAGE.least && coverage <= COVERAGE.most;
    const faults = [
      ...(off > MEDIAN ? ["misses the median"] : []),
      ...(isCovered ? [] : [`intervals hold too ${coverage < COVERAGE.least ? "few" : "many"}`]),
    ];
    const verdict = faults.join(", ") || "holds";
    return { plans, what, pairs: judged.length, median: off, coverage, verdict };
  };
  const long = pairs.filter(({ actual }) => actual.seconds >= JUDGED_SECONDS);
  return [
    judge("CPU seconds", "compute", pairs),
    judge(`seconds, of runs of ${JUDGED_SECONDS} s or more`, "seconds", long),
    judge(
      "USD",
      "usd",
      pairs.filter(({ actual }) => actual.usd > 0),
    ),
  ];
}

const missed = ({ planned, actual }: Pair, figure: Figure) =>
  Math.log(actual[figure] / planned[figure].expected);

const isWithin = ({ planned, actual }: Pair, figure: Figure) =>
  planned[figure].low <= actual[figure] && actual[figure] <= planned[figure].high;

/** Predicted, its interval, what happened, and ln(actual / predicted); an asterisk where it is outside the interval. */
function pairTable(title: string, pairs: readonly Pair[]): Table {
  const cell = (pair: Pair, figure: Figure) => {
    const { low, expected, high } = pair.planned[figure];
    const outside = isWithin(pair, figure) ? "" : " *";
    return `${shown(expected)} (${shown(low)} to ${shown(high)}), ${shown(pair.actual[figure])}: ${missed(pair, figure).toFixed(2)}${outside}`;
  };
  return tableOf(`${title}: predicted (80 %), what happened, and ln of their ratio; * is outside`, pairs, {
    job: ({ job }) => job,
    engine: ({ engine }) => engine,
    "CPU seconds": (pair) => cell(pair, "compute"),
    seconds: (pair) => cell(pair, "seconds"),
    "0.001 USD": (pair) => (pair.actual.usd > 0 ? cell(thousandths(pair), "usd") : ""),
    chunks: ({ chunks: [planned, made] }) => (planned === made ? made : `${planned}, was ${made}`),
    load: ({ load }) => load.toFixed(1),
  });
}

function thousandths(pair: Pair): Pair {
  const { low, expected, high } = pair.planned.usd;
  const usd = { low: 1000 * low, expected: 1000 * expected, high: 1000 * high };
  return {
    ...pair,
    planned: { ...pair.planned, usd },
    actual: { ...pair.actual, usd: 1000 * pair.actual.usd },
  };
}

const shown = (value: number) => String(Number(value.toPrecision(3)));
