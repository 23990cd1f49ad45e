import { App } from "aws-cdk-lib";
import { AnalysisStack } from "./analysis-stack.ts";

const app = new App();
new AnalysisStack(app, "Analysis");
