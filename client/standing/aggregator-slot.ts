/** The aggregator's role of a machine whose workers stand by: in a process of its own, with the bundle that Lambda would run. */
import type { Inbox } from "../../shared/ports/queue.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { inEvents } from "../local/function-events.ts";
import { beginAggregating } from "./aggregator-role.ts";
import { FreshSlots, type FreshSlotsOptions } from "./fresh-slots.ts";

/** Begins it; what it returns ends it. */
export async function beginRole(
  { results, deadChunks }: { readonly results: Inbox; readonly deadChunks: Inbox },
  options: Pick<FreshSlotsOptions, "name" | "logFolder" | "environment">,
): Promise<() => Promise<void>> {
  const slots = new FreshSlots({ ...options, stage: "aggregator", most: 1 }, await ensureBundles({}));
  const aggregate = inEvents(async (event) => {
    try {
      return await (await slots.current()).invoke(event);
    } finally {
      slots.closeFormer();
    }
  });
  const end = beginAggregating({ results, deadChunks, aggregate });
  return async () => {
    await end();
    await slots.close();
  };
}
