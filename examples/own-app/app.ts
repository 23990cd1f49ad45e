import { readFileSync } from "node:fs";
import { App } from "aws-cdk-lib";
import { AnalysisStack } from "./analysis-stack.ts";

/** CDK's feature flags as this repository has them. An app of your own has its own, in its cdk.json. */
const { context } = JSON.parse(readFileSync(new URL("../../cdk.json", import.meta.url), "utf8"));

new AnalysisStack(new App({ context }), "Analysis");
