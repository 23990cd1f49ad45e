import { Duration } from "aws-cdk-lib";
import type { ManyhandsStackProps } from "manyhands/cdk";

/** What each environment differs in; what is not said is the default. */
export const ENVIRONMENTS: Readonly<Record<string, ManyhandsStackProps>> = {
  staging: {
    maxConcurrency: 20,
    monitoring: false,
    resultRetention: Duration.days(7),
    removeObjects: true,
  },
  production: { maxConcurrency: 500, resultRetention: Duration.days(365) },
};
