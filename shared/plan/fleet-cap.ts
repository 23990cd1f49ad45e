/** How a deployment's workers are divided between its queue's mapping and its splitters, as infra/settings.ts does where nothing is set. */
import type { Cap } from "../ports/fleet.ts";

/** `maxConcurrency` of a deployment without settings. */
export const DEFAULT_FLEET = 900;
/** The lowest that a mapping accepts: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const LEAST_MAPPING = 2;
const BURST_SHARE = 4 / 5;

/** @example capOfFleet(900) // { burst: 720, mapping: 180 } */
export function capOfFleet(fleet: number): Cap {
  const burst = Math.max(0, Math.min(Math.floor(BURST_SHARE * fleet), fleet - LEAST_MAPPING));
  return { burst, mapping: fleet - burst };
}
