import { KERNELS } from "../../shared/kernels/registry.ts";
import { onHub } from "../hub.ts";
import { aggregatorHandler } from "./aggregator-handler.ts";

/** It computes nothing, and needs no twins. */
export const handler = onHub((hub) =>
  aggregatorHandler({ builtIns: KERNELS, hub: hub && { ...hub, inbox: hub.results } }),
);
