import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Construct } from "constructs";
import { DEPLOYMENT_PROGRAM } from "../tools/bundling/dist.ts";
import { uploadParts } from "../tools/bundling/stages.ts";
import { SettingError, type Settings } from "./settings.ts";
import { assetFolder } from "./stage-code.ts";

/** What kernels from files add to a deployment. */
export interface BuiltKernels {
  /** Their artifacts, and what loads them and uploaded ones: a function has this folder beside its bundle. Undefined without any. */
  readonly folder?: string;
  /** The hash of each kernel by its name. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** Builds the kernels as their files are now. Throws SettingError with the sentence of the one that cannot be built. */
export function buildKernels(
  scope: Construct,
  { kernels: paths, kernelUploads }: Pick<Settings, "kernels" | "kernelUploads">,
): BuiltKernels {
  const takesUploads = kernelUploads !== "none";
  if (paths.length === 0 && !takesUploads) return { hashes: {} };
  const folder = assetFolder(scope, "kernels");
  if (takesUploads) for (const part of uploadParts()) copyFileSync(part, join(folder, basename(part)));
  if (paths.length === 0) return { folder, hashes: {} };
  try {
    // In a process of its own: a construct is made without waiting, and building a kernel takes waiting.
    execFileSync(process.execPath, [DEPLOYMENT_PROGRAM, folder, ...paths.map((path) => resolve(path))], {
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    });
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    throw new SettingError("kernels", "files of kernels that can be built", paths.join(","), stderr.trim());
  }
  return { folder, hashes: JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) };
}
