/**
 * Scenarios whose job has a limit: it is never metered for more, whatever strikes, however often messages come and however slow the machine is.
 */
import { readLimit } from "../../shared/record/limit.ts";
import { Draw } from "./draw.ts";
import { drawPlan } from "./draw-plan.ts";
import { judgeLimited } from "./judge.ts";
import type { Plan } from "./plan.ts";
import { submit, untilOver } from "./scenario.ts";
import { Scene } from "./scene.ts";
import { World } from "./world.ts";

/** Draws of a limit must not change what the same seed draws without one. */
const APART = 2 ** 20;
const MOST_TIMES = 4;
/** On however busy a machine: what hangs is the other campaign's. */
const LONGEST_MS = 300_000;
const MOST_COPIES = 8;

/** How one scenario ended. */
export interface LimitedVerdict {
  readonly seed: number;
  readonly maxUsd: number;
  /** Of all stages, without the workers' logs. */
  readonly meteredUsd: number;
  /** Of workers, without their logs: Node prints a bundle's line where a slot dies, 60 KB, and Lambda does not. What they may cost together. */
  readonly workersUsd: number;
  readonly forWorkersUsd: number;
  /** What of that workers took before they came to the gate, see ScenarioMeter. */
  readonly silentUsd: number;
  readonly state: string | undefined;
  readonly problems: readonly string[];
  readonly story: readonly string[];
}

export interface LimitedOptions {
  readonly seeds: Iterable<number>;
  readonly lanes?: number;
  /** True: workers get each seat and coin that they ask for, as if there were no gate. */
  readonly grantsAll?: boolean;
  readonly onVerdict?: (verdict: LimitedVerdict, all: readonly LimitedVerdict[]) => void;
}

/** Each lane keeps a world; one that had a problem is not used again. */
export async function runLimited({
  seeds,
  lanes: atOnce = 5,
  grantsAll = false,
  onVerdict = () => {},
}: LimitedOptions): Promise<LimitedVerdict[]> {
  const verdicts: LimitedVerdict[] = [];
  const waiting = seeds[Symbol.iterator]();
  const lane = async () => {
    let world: World | undefined;
    try {
      for (let next = waiting.next(); !next.done; next = waiting.next()) {
        world ??= await World.start();
        const verdict = await runOne(next.value, world, grantsAll);
        verdicts.push(verdict);
        onVerdict(verdict, verdicts);
        if (verdict.problems.length === 0) continue;
        await world.close();
        world = undefined;
      }
    } finally {
      await world?.close();
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: atOnce }, lane));
  for (const each of lanes) if (each.status === "rejected") throw each.reason;
  return verdicts.sort((a, b) => a.seed - b.seed);
}

/**
 * The limit is drawn between the least that the splitter takes and some times that; up to eight copies of each message arrive beside
 * those that the splitter sends, as from splitters that were invoked again.
 */
async function runOne(seed: number, world: World, grantsAll: boolean): Promise<LimitedVerdict> {
  const draw = new Draw(APART + seed);
  const whole = drawPlan(seed);
  // Only the runner of that fault lets workers in. What checks cost meanwhile no limit bounds (docs/cost.md).
  const drawn = { ...whole, faults: whole.faults.filter(({ kind }) => kind !== "nobody at work") };
  const startedMs = performance.now();
  const story: string[] = [];
  const tell = (what: string) =>
    story.push(`${(performance.now() - startedMs).toFixed(0).padStart(6)} ms  ${what}`);
  const times = draw.chance(0.5) ? 1 + 0.3 * draw.real(0, 1) : draw.real(1, MOST_TIMES);
  const copies = draw.whole(0, MOST_COPIES);
  const { maxUsd, refusal } = await leastLimit(drawn, world, times);
  const plan: Plan = { ...drawn, request: { ...drawn.request, maxUsd } };
  const scene = new Scene(plan, tell, { grantsAll });
  if (refusal !== undefined) scene.problem(refusal);
  world.begin(scene);
  let state: string | undefined;
  let [meteredUsd, workersUsd, forWorkersUsd, silentUsd] = [0, 0, maxUsd, 0];
  try {
    await submit(scene, world);
    await world.copyMessages(plan, copies);
    await untilOver(scene, world, startedMs + LONGEST_MS);
    state = (await judgeLimited(plan, world.store, (what) => scene.problem(what)))?.state;
    const { reservedUsd = 0 } = (await readLimit(world.store, scene.jobId)) ?? {};
    const { cost, silentUsd: silent } = world.meter;
    workersUsd = world.meter.workersUsd;
    meteredUsd = cost.usd - cost.byStage.worker.usd + workersUsd;
    [forWorkersUsd, silentUsd] = [maxUsd - reservedUsd, silent];
    if (meteredUsd - silentUsd > maxUsd)
      scene.problem(`all stages took ${meteredUsd} USD, ${silentUsd} before any gate: more than ${maxUsd}`);
  } catch (error) {
    scene.problem(`the scenario broke off: ${error instanceof Error ? error.stack : error}`);
  } finally {
    await world.end();
  }
  return {
    seed,
    maxUsd,
    meteredUsd,
    workersUsd,
    forWorkersUsd,
    silentUsd,
    state,
    problems: scene.problems,
    story,
  };
}

/** What the splitter names as the least, times `times`. */
async function leastLimit(plan: Plan, world: World, times: number) {
  const refusal = await world.submit({ ...plan.request, maxUsd: 1e-9 }).then(String, String);
  const [, least] = /at least (\S+) USD/.exec(refusal) ?? [];
  if (least === undefined) return { maxUsd: 1, refusal: `no least limit: ${refusal}` };
  return { maxUsd: Number(least) * times, refusal: undefined };
}
