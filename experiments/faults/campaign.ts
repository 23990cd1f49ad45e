/** Many scenarios, several worlds at a time. */
import { drawPlan } from "./draw-plan.ts";
import { FAULT_KINDS, type FaultKind } from "./kinds.ts";
import { runScenario, type Verdict } from "./scenario.ts";
import { World } from "./world.ts";

export interface CampaignOptions {
  readonly seeds: Iterable<number>;
  /** Worlds at a time: scenarios wait more than they work. */
  readonly worlds?: number;
  readonly onVerdict?: (verdict: Verdict) => void;
}

export interface CampaignResult {
  readonly scenarios: number;
  readonly complete: number;
  readonly incomplete: number;
  readonly failures: readonly Verdict[];
  /** How many faults of each kind have struck, and how often they did in all. */
  readonly counts: Readonly<Record<FaultKind, { readonly faults: number; readonly strikes: number }>>;
  readonly durationMs: number;
}

export async function runCampaign({
  seeds,
  worlds = 4,
  onVerdict,
}: CampaignOptions): Promise<CampaignResult> {
  const startedMs = performance.now();
  const verdicts: Verdict[] = [];
  const waiting = seeds[Symbol.iterator]();
  const lane = async () => {
    let world: World | undefined;
    try {
      for (let next = waiting.next(); !next.done; next = waiting.next()) {
        world ??= await World.start();
        const verdict = await runScenario(drawPlan(next.value), world);
        verdicts.push(verdict);
        onVerdict?.(verdict);
        if (verdict.problems.length === 0) continue;
        // Whatever is left of it is no other scenario's affair.
        await world.close();
        world = undefined;
      }
    } finally {
      await world?.close();
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: worlds }, lane));
  for (const each of lanes) if (each.status === "rejected") throw each.reason;
  return sumUp(verdicts, performance.now() - startedMs);
}

function sumUp(verdicts: readonly Verdict[], durationMs: number): CampaignResult {
  const counts = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, { faults: 0, strikes: 0 }])) as Record<
    FaultKind,
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
