import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import cdkJson from "../../cdk.json" with { type: "json" };
import { FanOut } from "../../infra/fan-out.ts";
import { STAGES, type Stage } from "../../shared/build/bundling.ts";
import { ENV } from "../../shared/validation/env.ts";
import { type Bundles, ensureBundles } from "../../tools/bundling/bundles.ts";

let outdir: string;
let bundles: Bundles;
let keys: string[];
const assetOf = (stage: Stage) => join(outdir, `asset.${keys[STAGES.indexOf(stage)]}`, "index.js");

/** The construct in another app, bundled as for a deployment. */
beforeAll(async () => {
  outdir = mkdtempSync(join(tmpdir(), "manyhands-synth-"));
  bundles = await ensureBundles();
  const app = new App({ outdir, context: cdkJson.context });
  const stack = new Stack(app, "Other");
  const fanOut = new FanOut(stack, "FanOut");
  const { Resources } = app.synth().getStackByName("Other").template;
  keys = STAGES.map((stage) => {
    const id = stack.getLogicalId(fanOut[stage].node.defaultChild as never);
    return Resources[id].Properties.Code.S3Key.replace(".zip", "");
  });
}, 120_000);

afterAll(() => rmSync(outdir, { recursive: true, force: true }));

describe("synthesis", () => {
  test.each(STAGES)("the %s is deployed byte for byte as the local engine runs it", (stage) => {
    expect(readFileSync(assetOf(stage)).equals(readFileSync(bundles[stage]))).toBe(true);
  });

  test.each(STAGES)("the %s needs nothing but Node and its bundle", (stage) => {
    // A folder without node_modules above it: what is not inside would be missing, as on Lambda.
    const value = (name: string) =>
      name.endsWith("_URL")
        ? "https://sqs.us-east-1.amazonaws.com/1/queue"
        : name === ENV.standsFor
          ? "arm64 us-east-1 1769"
          : "1";
    const environment = Object.fromEntries(Object.values(ENV).map((name) => [name, value(name)]));
    const program = `process.stdout.write(typeof require(${JSON.stringify(assetOf(stage))}).handler)`;
    const env = { ...environment, AWS_REGION: "us-east-1" };
    expect(execFileSync(process.execPath, ["-e", program], { env, encoding: "utf8" })).toBe("function");
  });

  test("cdk.json keeps the command line from calling home", () => {
    expect(cdkJson).toMatchObject({ app: "node infra/app.ts", versionReporting: false, notices: false });
    expect(cdkJson.context["cli-telemetry"]).toBe(false);
  });
});
