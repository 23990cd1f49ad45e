/** Runs a plan in a world and holds how the job ended against what was predicted. */
import { setTimeout as sleep } from "node:timers/promises";
import { SlotDiedError } from "../../client/local/slots.ts";
import type { IncidentKind } from "./journeys/incidents.ts";
import { judge } from "./judge.ts";
import type { FaultKind } from "./kinds.ts";
import { type Fault, type Plan, predict } from "./plan.ts";
import { Scene } from "./scene.ts";
import type { World } from "./world.ts";

/** A job at rest is over; one that is not by then hangs. */
const LONGEST_SCENARIO_MS = 300_000;
const LOOK_MS = 15;
const MOST_SUBMISSIONS = 3;

export interface Verdict {
  readonly seed: number;
  readonly predicted: "complete" | "incomplete";
  /** What differed from the prediction; none where all is well. */
  readonly problems: readonly string[];
  /** What happened, line by line. */
  readonly story: readonly string[];
  /** The kind of each fault, or incident, that has struck, and how often it did. */
  readonly struck: readonly (readonly [kind: FaultKind | IncidentKind, strikes: number])[];
  readonly durationMs: number;
}

export async function runScenario(
  plan: Plan,
  world: World,
  tell: (what: string) => void = () => {},
): Promise<Verdict> {
  const startedMs = performance.now();
  const story: string[] = [];
  const scene = new Scene(plan, (what) => {
    const line = `${(performance.now() - startedMs).toFixed(0).padStart(6)} ms  ${what}`;
    story.push(line);
    tell(line);
  });
  const outcome = predict(plan);
  world.begin(scene);
  try {
    const late = sleep(LONGEST_SCENARIO_MS, undefined, { ref: false });
    const isSubmitted = await Promise.race([submit(scene, world).then(() => true), late.then(() => false)]);
    if (!isSubmitted) scene.problem("a hang: the splitter did not answer");
    await world.letWorkersCome();
    await untilOver(scene, world, startedMs + LONGEST_SCENARIO_MS);
    await judge(plan, outcome, world.store, (what) => scene.problem(what));
  } catch (error) {
    scene.problem(`the scenario broke off: ${error instanceof Error ? error.stack : error}`);
  } finally {
    await world.end();
  }
  const struck = [...scene.script.struck].map(
    ([{ kind }, strikes]: [Fault, number]) => [kind, strikes] as const,
  );
  return {
    ...{ seed: plan.seed, predicted: outcome.state, problems: scene.problems, story, struck },
    durationMs: performance.now() - startedMs,
  };
}

/** As a client does, which asks again where it got no answer. */
export async function submit({ plan, script, tell }: Scene, world: World): Promise<void> {
  for (let times = 1; ; times++) {
    try {
      tell(`submitted: ${JSON.stringify(await world.submit(plan.request))}`);
      return;
    } catch (error) {
      const isMeant = [...script.struck.keys()].some(({ place }) => place === "splitter");
      if (!(error instanceof SlotDiedError) || !isMeant || times === MOST_SUBMISSIONS) throw error;
    }
  }
}

/** Until there is a summary and nothing is under way that could change it. */
export async function untilOver(scene: Scene, world: World, deadlineMs: number): Promise<void> {
  for (let restful = 0; restful < 2; ) {
    await sleep(LOOK_MS);
    const hasEnded = (await world.store.get(`${scene.prefix}summary.json`)) !== undefined;
    const underWay = await world.underWay();
    restful = hasEnded && !underWay ? restful + 1 : 0;
    if (restful === 0 && performance.now() > deadlineMs)
      return scene.problem(
        `a hang ${hasEnded ? "after" : "before"} the summary: ${underWay ?? "nothing is under way"}`,
      );
  }
}
