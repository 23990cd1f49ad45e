import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Stage as App } from "aws-cdk-lib";
import { type AssetCode, Code } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { Stage } from "../shared/build/bundling.ts";
import { bundleOf } from "../tools/bundling/stages.ts";
import { makeReadable } from "./readable-assets.ts";

/**
 * The code of a stage: its bundle, byte for byte as the local engine runs it, and beside it the folder of kernels, if
 * there is one. Where a file lies makes no difference to the asset's hash, so the same bundle and kernels are the same
 * asset in any app.
 */
export function stageCode(scope: Construct, stage: Stage, kernels: string | undefined): AssetCode {
  const folder = assetFolder(scope, stage);
  cpSync(dirname(bundleOf(stage)), folder, { recursive: true });
  if (kernels) cpSync(kernels, join(folder, "kernels"), { recursive: true });
  makeReadable(folder);
  return Code.fromAsset(folder);
}

/** The code of a worker of Python, in the folder where it was built: a copy would be of 65 MB. */
export function pythonCode(folder: string): AssetCode {
  makeReadable(folder);
  return Code.fromAsset(folder);
}

/**
 * An empty folder for what an asset is made of. It lies in the app's output, as it has to stay there: the CDK copies it
 * at once, or not before the deployment, where the app does without staging.
 */
export function assetFolder(scope: Construct, name: string): string {
  const folder = join(App.of(scope)!.assetOutdir, "manyhands", scope.node.addr, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
