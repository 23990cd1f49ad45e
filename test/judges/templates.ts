import { App, type Stack, Validations } from "aws-cdk-lib";
import cdkJson from "../../cdk.json" with { type: "json" };
import { AnalysisStack } from "../../examples/own-app/analysis-stack.ts";
import { propsFromContext } from "../../infra/context.ts";
import { ManyhandsStack } from "../../infra/manyhands-stack.ts";

const ACCOUNT = "000000000000";

/** The context that each stack is synthesised with, as `npx cdk synth -c key=value` gives it; every kind of resource is in one. */
const CONTEXTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  defaults: {},
  "without-monitoring": { monitoring: "false" },
  "with-key": {
    encryptionKeyArn: `arn:aws:kms:eu-central-1:${ACCOUNT}:key/00000000-0000-0000-0000-000000000000`,
    removeObjects: "true",
    resultRetention: "30",
  },
  "with-mail": { alarmEmail: "me@example.com", tags: "team=waves,stage=test" },
  "removed-with-objects": { removeObjects: "true" },
  "provisioned-pollers": { provisionedPollers: "2", burstConcurrency: "0", architecture: "x86_64" },
  "own-kernels": { kernels: "examples/kernels/black-scholes.ts,examples/kernels/epidemic.ts" },
};

/**
 * Synthesises the stack in each of its contexts, and the example's stack, into folders below `into`; gives the paths of
 * the templates. Without bundling, which takes seconds and changes a template in the hash of its assets only.
 */
export function synthesizeAll(into: string): string[] {
  const own = Object.entries(CONTEXTS).map(([name, context]) =>
    synthesize(
      `${into}/${name}`,
      context,
      (app) => new ManyhandsStack(app, "Manyhands", propsFromContext(app.node)),
    ),
  );
  return [
    ...own,
    synthesize(`${into}/own-app`, { mail: "me@example.com" }, (app) => new AnalysisStack(app, "Analysis")),
  ];
}

function synthesize(outdir: string, context: object, place: (app: App) => Stack): string {
  const app = new App({ outdir, context: { ...cdkJson.context, ...context, "aws:cdk:bundling-stacks": [] } });
  const stack = place(app);
  Validations.of(stack).acknowledge({
    id: "Annotation::manyhands:imported-key",
    reason: "The key of these contexts is no key: what its policy must allow need not be printed.",
  });
  return app.synth().getStackByName(stack.stackName).templateFullPath;
}
