import { App } from "aws-cdk-lib";
import { propsFromContext } from "./context.ts";
import { ManyhandsStack } from "./manyhands-stack.ts";
import { makeAssetsReadable } from "./readable-assets.ts";
import { SettingError } from "./settings.ts";

const app = new App();

try {
  new ManyhandsStack(app, "Manyhands", {
    description: "Computes a big array with many hands: a splitter, a queue, a fleet of workers, one array.",
    ...propsFromContext(app.node),
  });
  makeAssetsReadable(app.synth().directory);
} catch (error) {
  if (!(error instanceof SettingError)) throw error;
  console.error(error.message);
  // Exit at once: when the process ends by itself, CDK writes the incomplete app.
  process.exit(2);
}
