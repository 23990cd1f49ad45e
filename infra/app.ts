import { App } from "aws-cdk-lib";
import { ManyhandsStack } from "./manyhands-stack.ts";

const app = new App();
// `cdk deploy -c maxConcurrency=100` for an account whose concurrency limit is below the default.
const maxConcurrency: unknown = app.node.tryGetContext("maxConcurrency");

new ManyhandsStack(app, "Manyhands", {
  description: "Computes a big array with many hands: a splitter, a queue, a fleet of workers, one array.",
  ...(maxConcurrency !== undefined && { maxConcurrency: Number(maxConcurrency) }),
});
