import { drawFrontiers, type Frontier } from "../../plots/frontier.ts";
import { CUTS, kneeOfFront, type Tried, tryConfiguration } from "../../shared/plan/configurations.ts";
import { REQUEST_MS } from "../../shared/plan/stage-times.ts";
import { SHARED_CORES } from "../../shared/plan/workers.ts";
import type { Page } from "../measuring/page.ts";
import { grouped, percent, sum } from "../measuring/statistics.ts";
import { type ByMemory, byMemory, kneeMemory, meanAt } from "./by-memory.ts";
import { CONFIRMED } from "./confirmation.ts";
import { JOBS, kernelOf } from "./jobs.ts";
import type { Results } from "./run.ts";
import { DEFAULT, onDeployment, PRICES, type Simulated, simulate } from "./simulated.ts";
import {
  architectureTable,
  type ConfirmedPoint,
  chunkTable,
  confirmationTable,
  confirmedPoints,
  digits,
  frontTable,
  type LeavingRow,
  leavingRows,
  leavingTable,
  memoryTable,
  rampTable,
  scheduledTable,
} from "./tables.ts";

export const ROUNDS = 2;

/** Built where they are files. */
const kernels = await Promise.all(JOBS.map(kernelOf));

export function page(results: Results): Page {
  const jobs = JOBS.map((job, k) => simulate(kernels[k]!, job, results.fields[k]!));
  const memories = byMemory(jobs.map(({ auto }) => auto));
  const leaving = leavingRows(kernels, results.fields);
  const points = confirmedPoints(results);
  const tried = sum(jobs.map(({ all }) => all.length));
  return {
    answer: answer(memories, leaving),
    about: `What six jobs take and cost on ${grouped(tried)} deployments, simulated: memory, workers at a time, how they are started, architecture, and how the array is cut. **No job here ran on AWS.** The same model (\`shared/plan/configurations.ts\`, \`predict-deployed.ts\`) answers \`manyhands plan\` and \`manyhands tune\`.

![Cost against time of six jobs: grey all deployments, blue those that no other one beats](../pictures/cost.png)

- **Recorded** on one core: the CPU time of the parts of each job's region, as its workers compute it, from fewer points of the same region (double pendulum: 800 x 800). A chunk costs its cells times what its part takes a cell.
- **Computed** of that: messages as the splitter packs them, requests as the stages make them (held to runs by \`test/slow/metered-requests\`), and prices of ${PRICES.date} (${PRICES.region}, on demand, no free amounts). Not in it: fetching the array, and following the job.
- **Assumed**, from published figures: memory gives m / 1769 of a core; ${REQUEST_MS} ms a request; 130 ms to start; the mapping begins with 5 workers and adds 5 a second, the splitter starts 500 a second. Threads of one worker each gain ${SHARED_CORES}, as two did on a machine with shared cores; where cores are whole, more than one vCPU is better than it seems here. A core is taken to be as fast on either architecture: a table below says how much that may be wrong.

The **front** has what no other deployment beats, in time and in cost. Its **knee** has the least time x cost: from there, a hundredth less time costs more than a hundredth. **Default** is a deployment without settings (${DEFAULT.architecture}, ${DEFAULT.memoryMb} MB, ${DEFAULT.fleet} workers, ${DEFAULT.burst} of them started by splitters), and chunks as \`auto\` cuts them. The green line is this machine, with two cores and for nothing.

**The default memory** is judged by time x cost, in the geometric mean of the six jobs on the default deployment. ${memorySentence(memories)} Large chunks and the memory that a kernel takes itself speak for more rather than for less: a worker that has next to nothing to do holds 76 MB, one that computes 16,000 x 16,000 points 90 MB ([memory](memory.md)). The rule, and why it stays, is a [decision](../decisions/aws.md).

**Chunks** matter more than the deployment, since most of what small and middling jobs cost are PUTs: ${chunkSentence(jobs)}

**Confirmed** as far as this machine goes: a job (${CONFIRMED.kernel}, ${CONFIRMED.points.join(" x ")} points) on engine \`local\` at five points of the space, median of ${ROUNDS} runs each. The workers have Lambda's share of CPU by cgroup, S3 and SQS answer the stages ${REQUEST_MS} ms late, the mapping grows as on AWS, and reports come together as on that engine. What that cannot show: AWS's starts, its network, and its cores. ${confirmedSentence(points)}`,
    tables: [
      frontTable(jobs),
      leavingTable(leaving),
      memoryTable(memories),
      chunkTable(jobs),
      rampTable(jobs),
      architectureTable(jobs),
      scheduledTable(jobs),
      confirmationTable(points),
    ],
    pictures: { "cost.png": () => drawFrontiers(jobs.map((job, k) => frontierOf(job, JOBS[k]!.title))) },
  };
}

function answer(memories: readonly ByMemory[], leaving: readonly LeavingRow[]): string {
  const twice = leaving.filter(({ times }) => times === 2).map(({ at }) => at.hereSeconds);
  const least = Math.min(...memories.map(({ mean }) => mean?.product ?? Number.POSITIVE_INFINITY));
  const over = meanAt(memories, DEFAULT.memoryMb).product / least - 1;
  return `Simulated, a default deployment has a job done in half the time of two cores from ${digits(Math.min(...twice))} to ${digits(Math.max(...twice))} s here on; over six jobs its ${DEFAULT.memoryMb} MB have a time x cost ${percent(over)} above the least of any memory.`;
}

function memorySentence(memories: readonly ByMemory[]): string {
  const whole = meanAt(memories, DEFAULT.memoryMb);
  const beside = (mean: typeof whole) =>
    `takes ${(mean.seconds / whole.seconds).toFixed(2)} times as long and costs ${(mean.usd / whole.usd).toFixed(2)} times as much`;
  const knee = kneeMemory(memories);
  return `Its knee is ${knee.memoryMb} MB, which ${beside(knee.mean)} as the default's ${DEFAULT.memoryMb} MB; 512 MB ${beside(meanAt(memories, 512))}.`;
}

function chunkSentence(jobs: readonly Simulated[]): string {
  const ratios = jobs.flatMap(({ cuts, auto }) => {
    const twice = cuts.find(({ times }) => times === 2);
    const larger = twice && tryConfiguration(twice, DEFAULT);
    const as = onDeployment(auto);
    if (!larger) return [];
    return [
      { usd: larger.usd.expected / as.usd.expected, seconds: larger.seconds.expected / as.seconds.expected },
    ];
  });
  const range = (of: (ratio: (typeof ratios)[number]) => number) =>
    `${Math.min(...ratios.map(of)).toFixed(2)} to ${Math.max(...ratios.map(of)).toFixed(2)}`;
  return `with sides twice those of \`auto\` (tried: ${CUTS.join(", ")} times), jobs cost ${range(({ usd }) => usd)} times as much and take ${range(({ seconds }) => seconds)} times as long.`;
}

function confirmedSentence(points: readonly ConfirmedPoint[]): string {
  const time = points.map(({ predicted, seconds }) => ({ ...predicted.seconds, actual: seconds }));
  const cost = points.map(({ predicted, usd }) => ({ ...predicted.usd, actual: usd }));
  const held = (all: typeof time) =>
    all.filter(({ low, high, actual }) => low <= actual && actual <= high).length;
  const pairs = points.flatMap((_, k) => points.slice(k + 1).map((_, after) => [k, k + 1 + after] as const));
  const inOrder = (all: typeof time) =>
    pairs.filter(([a, b]) => all[a]!.expected < all[b]!.expected === all[a]!.actual < all[b]!.actual).length;
  return `The intervals held the time at ${held(time)} of ${points.length} points and the cost at ${held(cost)}. Of ${pairs.length} pairs of points, ${inOrder(time)} came in the predicted order by time, and ${inOrder(cost)} by cost.`;
}

function frontierOf({ all, auto, front, hereSeconds }: Simulated, title: string): Frontier {
  const spot = ({ seconds, usd }: Tried) => ({ seconds: seconds.expected, usd: usd.expected });
  const knee = kneeOfFront(front);
  return {
    title,
    cloud: all.map(spot),
    front: front.map(spot),
    named: [
      { ...spot(knee), name: `knee: ${knee.memoryMb} MB, ${knee.fleet} workers` },
      { ...spot(onDeployment(auto)), name: "default" },
    ],
    free: { name: "this machine", seconds: hereSeconds },
  };
}
