/** `node test/faults/run.ts --scenarios 5000 --first-seed 1`, or `--seed 17` to see one of them in detail. */
import { parseArgs } from "node:util";
import { markdown } from "../../experiments/measuring/table.ts";
import { HOW, type Kind, runCampaign } from "./campaign.ts";
import { drawPlan } from "./draw-plan.ts";
import { drawJourney, isJourney } from "./journeys/draw-journey.ts";
import { runJourney } from "./journeys/journey.ts";
import { Oracle } from "./journeys/oracle.ts";
import { predict } from "./plan.ts";
import { runScenario, type Verdict } from "./scenario.ts";
import { World } from "./world.ts";

const { values } = parseArgs({
  options: {
    scenarios: { type: "string", default: "200" },
    "first-seed": { type: "string", default: "1" },
    lanes: { type: "string", default: "5" },
    seed: { type: "string" },
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

const seed = Number(values.seed);
await (values.seed === undefined ? campaign() : isJourney(seed) ? replayJourney(seed) : replayScenario(seed));
