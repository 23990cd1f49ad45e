/** The plan of a job that maps a task over items. */
import type { MeantKernel } from "../client/kernels/meant-kernel.ts";
import type { ItemList } from "./items.ts";
import { itemsJob } from "./map-items.ts";
import type { MapOptions } from "./options.ts";
import { byField, checkPlanned, placeAsked } from "./place.ts";
import { deploymentAsked, type OnPredicted, planOf } from "./plan-job.ts";
import type { JobPlan } from "./plan-records.ts";
import type { PlaceOptions } from "./run-array.ts";

/** Everything is checked as for a run, and no item is run. Throws InvalidInputError. */
export async function plannedMap(
  task: () => Promise<MeantKernel>,
  read: () => Promise<ItemList>,
  options: Omit<MapOptions, "engine"> & PlaceOptions,
  nameOf = byField,
  onPredicted?: OnPredicted,
): Promise<JobPlan> {
  checkPlanned(placeAsked(options, nameOf).engine, nameOf("dryRun"));
  const { kernel, job, list, place } = await itemsJob(task, read, options, nameOf);
  list.release();
  return planOf({ job, kernel }, deploymentAsked({}, nameOf), place.workers, onPredicted);
}
