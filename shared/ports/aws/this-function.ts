import { readEnv, readNumberEnv } from "../../validation/env.ts";

/** What Lambda tells each function of itself. */
export interface ThisFunction {
  readonly region: string;
  readonly memoryMb: number;
}

/** The memory that a function's process has (MB), before it is told so with an event; undefined in a slot that stands for none. */
export const memoryToldMb = (environment = process.env): number | undefined =>
  environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE === undefined
    ? undefined
    : readNumberEnv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", environment);

/**
 * By the variables that Lambda sets (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html); undefined in a slot of this
 * machine. Throws EnvironmentError.
 */
export function thisFunction(environment = process.env): ThisFunction | undefined {
  if (!environment.AWS_EXECUTION_ENV) return undefined;
  return {
    region: readEnv("AWS_REGION", environment),
    memoryMb: readNumberEnv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", environment),
  };
}
