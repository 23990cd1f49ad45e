/** Records two of the ways in which a fleet comes to its width on the embedded cloud; the page simulates them as on AWS. */
import { experiment } from "../measuring/experiment.ts";
import { type MeteredBurst, meteredBurst } from "./metered-burst.ts";
import { DRAINED, EMBEDDED, LAST_RECEIVES, page, REPEATS } from "./page.ts";
import { type Recorded, recordJob } from "./recording.ts";

await experiment("ramps", measure, page);

/** What results.json holds. */
export type Results = Awaited<ReturnType<typeof measure>>;

async function measure() {
  const embedded: Record<"mapping" | "burst", Recorded[]> = { mapping: [], burst: [] };
  for (let repeat = 1; repeat <= REPEATS; repeat++) {
    embedded.mapping.push(await recordJob({ ...EMBEDDED, ramp: "mapping", burstConcurrency: 0 }));
    embedded.burst.push(await recordJob({ ...EMBEDDED, ramp: "burst", burstConcurrency: 12 }));
    console.error(`run ${repeat} of ${REPEATS}`);
  }
  /** In the order of DRAINED. */
  const drained: Omit<Recorded, "spans">[] = [];
  for (const some of DRAINED) {
    const job = { ...some, ramp: "burst", workers: 4, burstConcurrency: 3, acceleration: 1 } as const;
    const { spans: _, ...counts } = await recordJob(job);
    drained.push(counts);
  }
  /** In pairs: as former versions did it, and as it is. */
  const lastReceives: Record<"all" | "one", MeteredBurst["worker"][]> = { all: [], one: [] };
  for (let repeat = 1; repeat <= REPEATS; repeat++) {
    lastReceives.all.push((await meteredBurst({ ...LAST_RECEIVES, areKeepers: true })).worker);
    lastReceives.one.push((await meteredBurst({ ...LAST_RECEIVES, areKeepers: false })).worker);
  }
  return { embedded, drained, lastReceives };
}
