import { App } from "aws-cdk-lib";
import { AnalysisStack } from "./analysis-stack.ts";

new AnalysisStack(new App(), "Analysis");
