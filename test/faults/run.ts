/**
 * `node test/faults/run.ts --scenarios 5000 --first-seed 1`, or `--seed 17` to see one of them in detail. With `--limited` each job has a
 * limit, and what was metered is held against it.
 */
import { parseArgs } from "node:util";
import { markdown } from "../../experiments/measuring/table.ts";
import { HOW, type Kind, runCampaign } from "./campaign.ts";
import { drawPlan } from "./draw-plan.ts";
import { drawJourney, isJourney } from "./journeys/draw-journey.ts";
import { runJourney } from "./journeys/journey.ts";
import { Oracle } from "./journeys/oracle.ts";
import { type LimitedVerdict, runLimited } from "./limited.ts";
import { predict } from "./plan.ts";
import { runScenario, type Verdict } from "./scenario.ts";
import { World } from "./world.ts";

const { values } = parseArgs({
  options: {
    scenarios: { type: "string", default: "200" },
    "first-seed": { type: "string", default: "1" },
    lanes: { type: "string", default: "5" },
    seed: { type: "string" },
    limited: { type: "boolean", default: false },
  },
});

const told = ({ seed, problems, story }: Verdict) =>
  `seed ${seed}: ${problems.join("; ")}\n${story.join("\n")}\n  again: node test/faults/run.ts --seed ${seed}`;

async function replayScenario(seed: number): Promise<void> {
  const plan = drawPlan(seed);
  console.log(JSON.stringify(plan.request, null, 2));
  console.log("messages:", plan.messages.map((chunks) => chunks.join(",")).join(" | "));
  for (const fault of plan.faults) console.log("planned:", JSON.stringify(fault));
  const { state, failed } = predict(plan);
  console.log(`predicted: ${state}${[...failed.keys()].map((chunk) => ` ${chunk}`).join("")}`);
  const world = await World.start();
  try {
    conclude(await runScenario(plan, world, console.log));
  } finally {
    await world.close();
  }
}

async function replayJourney(seed: number): Promise<void> {
  const journey = drawJourney(seed);
  console.log(JSON.stringify(journey, null, 2));
  const oracle = new Oracle();
  try {
    conclude(await runJourney(journey, oracle, console.log));
  } finally {
    await oracle.close();
  }
}

function conclude({ problems }: Verdict): void {
  console.log(problems.length === 0 ? "as predicted" : problems.join("\n"));
  process.exitCode = problems.length === 0 ? 0 : 1;
}

/** Ctrl-C ends the campaign after the scenarios that run: a slot that was stopped in one would stay for ever. */
function* seeds(first: number, count: number): Generator<number> {
  let isOver = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      isOver = true;
    });
  for (let seed = first; seed < first + count && !isOver; seed++) yield seed;
}

async function campaign(): Promise<void> {
  const first = Number(values["first-seed"]);
  const scenarios = Number(values.scenarios);
  let done = 0;
  const result = await runCampaign({
    lanes: Number(values.lanes),
    seeds: seeds(first, scenarios),
    onVerdict: (verdict) => {
      done++;
      if (verdict.problems.length > 0) console.log(told(verdict));
      else if (done % 20 === 0) console.error(`${done} of ${scenarios}`);
    },
  });
  const rows = Object.entries(HOW).map(([kind, how]) => {
    const { faults, strikes } = result.counts[kind as Kind];
    return [kind, how, faults, strikes];
  });
  console.log(markdown({ title: "Faults that struck", columns: ["kind", "how", "faults", "strikes"], rows }));
  const { complete, incomplete, failures, durationMs } = result;
  console.log(
    `\n${result.scenarios} scenarios from seed ${first} in ${(durationMs / 1000).toFixed(0)} s: ${complete} predicted complete, ` +
      `${incomplete} incomplete; ${failures.length} ended otherwise${failures.map(({ seed }) => ` ${seed}`).join("")}`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

async function limited(): Promise<void> {
  const isOne = values.seed !== undefined;
  const first = Number(values.seed ?? values["first-seed"]);
  const startedMs = performance.now();
  let done = 0;
  const verdicts = await runLimited({
    lanes: Number(values.lanes),
    seeds: seeds(first, isOne ? 1 : Number(values.scenarios)),
    onVerdict: ({ seed, problems, story, ...verdict }, all) => {
      done++;
      if (isOne || problems.length > 0)
        console.log([`seed ${seed}: ${JSON.stringify(verdict)}`, ...problems, ...story].join("\n"));
      else if (done % 20 === 0) console.error(`${done}: ${highest(all)}`);
    },
  });
  const ended = Object.entries(Object.groupBy(verdicts, ({ state }) => state ?? "not at all"));
  const states = ended.map(([state, those]) => `${those?.length} ${state}`).join(", ");
  const failures = verdicts.filter(({ problems }) => problems.length > 0);
  const tookS = ((performance.now() - startedMs) / 1000).toFixed(0);
  console.log(
    `${verdicts.length} scenarios with a limit from seed ${first} in ${tookS} s: ${states}; ${failures.length} failed`,
  );
  const above = verdicts.filter(({ meteredUsd, maxUsd }) => meteredUsd > maxUsd);
  console.log(`${highest(verdicts)}; all stages together above the limit: ${above.length}`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

function highest(verdicts: readonly LimitedVerdict[]): string {
  const told = (what: string, share: (verdict: LimitedVerdict) => number) => {
    const shares = verdicts.map(share).sort((a, b) => a - b);
    const text = (each = 0) => `${(100 * each).toFixed(0)} %`;
    return `${what}: median ${text(shares[shares.length >> 1])}, at the most ${text(shares.at(-1))}`;
  };
  return [
    told("workers, of what the limit leaves them", (each) => each.workersUsd / each.forWorkersUsd),
    told("all stages, of the limit", (each) => each.meteredUsd / each.maxUsd),
  ].join("; ");
}

const seed = Number(values.seed);
if (values.limited) await limited();
else
  await (values.seed === undefined
    ? campaign()
    : isJourney(seed)
      ? replayJourney(seed)
      : replayScenario(seed));
