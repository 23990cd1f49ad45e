/** Many scenarios, several at a time. */
import { drawPlan } from "./draw-plan.ts";
import { drawJourney, isJourney } from "./journeys/draw-journey.ts";
import { INCIDENT_KINDS, INCIDENTS, type IncidentKind } from "./journeys/incidents.ts";
import { runJourney } from "./journeys/journey.ts";
import { Oracle } from "./journeys/oracle.ts";
import { FAULT_KINDS, type FaultKind, KINDS } from "./kinds.ts";
import { runScenario, type Verdict } from "./scenario.ts";
import { World } from "./world.ts";

export type Kind = FaultKind | IncidentKind;
/** All that may strike, and how it is injected. */
export const HOW: Readonly<Record<Kind, string>> = {
  ...(Object.fromEntries(FAULT_KINDS.map((kind) => [kind, KINDS[kind].how])) as Record<FaultKind, string>),
  ...INCIDENTS,
};
const ALL_KINDS: readonly Kind[] = [...FAULT_KINDS, ...INCIDENT_KINDS];

export interface CampaignOptions {
  readonly seeds: Iterable<number>;
  /** Scenarios at a time: they wait more than they work. */
  readonly lanes?: number;
  readonly onVerdict?: (verdict: Verdict) => void;
}

export interface CampaignResult {
  readonly scenarios: number;
  readonly complete: number;
  readonly incomplete: number;
  readonly failures: readonly Verdict[];
  /** How many faults of each kind have struck, and how often they did in all. */
  readonly counts: Readonly<Record<Kind, { readonly faults: number; readonly strikes: number }>>;
  readonly durationMs: number;
}

export async function runCampaign({
  seeds,
  lanes: atOnce = 5,
  onVerdict,
}: CampaignOptions): Promise<CampaignResult> {
  const startedMs = performance.now();
  const verdicts: Verdict[] = [];
  const waiting = seeds[Symbol.iterator]();
  const oracle = new Oracle();
  let latest: Promise<unknown> = Promise.resolve();
  // One after the other: many processes that load at once take long.
  const startWorld = () => {
    const world = latest.then(() => World.start());
    latest = world.catch(() => {});
    return world;
  };
  const lane = async () => {
    let world: World | undefined;
    try {
      for (let next = waiting.next(); !next.done; next = waiting.next()) {
        const seed = next.value;
        if (!isJourney(seed)) world ??= await startWorld();
        const verdict = isJourney(seed)
          ? await runJourney(drawJourney(seed), oracle)
          : await runScenario(drawPlan(seed), world!);
        verdicts.push(verdict);
        onVerdict?.(verdict);
        if (verdict.problems.length === 0 || !world || isJourney(seed)) continue;
        // The next scenario must not see the rest of this one.
        await world.close();
        world = undefined;
      }
    } finally {
      await world?.close();
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: atOnce }, lane));
  await oracle.close();
  for (const each of lanes) if (each.status === "rejected") throw each.reason;
  return sumUp(verdicts, performance.now() - startedMs);
}

function sumUp(verdicts: readonly Verdict[], durationMs: number): CampaignResult {
  const counts = Object.fromEntries(ALL_KINDS.map((kind) => [kind, { faults: 0, strikes: 0 }])) as Record<
    Kind,
    { faults: number; strikes: number }
  >;
  for (const [kind, strikes] of verdicts.flatMap(({ struck }) => struck)) {
    counts[kind].faults++;
    counts[kind].strikes += strikes;
  }
  const complete = verdicts.filter(({ predicted }) => predicted === "complete").length;
  return {
    ...{ scenarios: verdicts.length, complete, incomplete: verdicts.length - complete, counts, durationMs },
    failures: verdicts.filter(({ problems }) => problems.length > 0),
  };
}
