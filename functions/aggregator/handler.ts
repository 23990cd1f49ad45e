import { KERNELS } from "../../shared/kernels/registry.ts";
import { aggregatorHandler } from "./aggregator-handler.ts";

/** It computes nothing, and needs no twins. */
export const handler = aggregatorHandler({ builtIns: KERNELS });
