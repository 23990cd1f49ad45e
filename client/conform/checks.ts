import type { Check } from "./check.ts";
import { chunkChecks } from "./chunk-checks.ts";
import { deliveryChecks } from "./delivery-checks.ts";
import { messageChecks } from "./message-checks.ts";
import { storeChecks } from "./store-checks.ts";

/** What a worker is asked, one after the other. */
export const CHECKS: readonly Check[] = [...chunkChecks, ...deliveryChecks, ...messageChecks, ...storeChecks];
