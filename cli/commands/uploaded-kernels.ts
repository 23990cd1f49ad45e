import { styleText } from "node:util";
import { withCloud } from "../../client/cloud/cloud.ts";
import {
  removeArtifacts,
  type UploadedArtifact,
  unneeded,
  uploadedArtifacts,
} from "../../client/cloud/uploaded-kernels.ts";
import { counted } from "../../shared/validation/counted.ts";
import { printable } from "../../shared/validation/printable.ts";
import { ago, bytes, columns, jsonLine } from "../terminal/text.ts";

export interface UploadedKernelsOptions {
  readonly stack: string;
  readonly prune?: boolean;
  readonly json?: boolean;
}

/** Characters of a hash, and jobs, that a line shows. */
const SHOWN = 16;
const SHOWN_JOBS = 3;

/** `manyhands kernels --engine aws`: what was uploaded. With `--prune`, what no job names is removed, and told. */
export function uploadedKernels({ stack, prune, json }: UploadedKernelsOptions): Promise<void> {
  return withCloud(stack, async (cloud) => {
    const all = await uploadedArtifacts(cloud);
    const shown = prune ? unneeded(all, Date.now()) : all;
    if (prune) await removeArtifacts(cloud, shown);
    if (json) process.stdout.write(jsonLine(shown));
    else process.stdout.write(asText(shown, printable(`stack ${stack} in ${cloud.deployment.place}`), prune));
  });
}

function asText(artifacts: readonly UploadedArtifact[], place: string, isRemoved = false): string {
  const sum = artifacts.reduce((size, { sizeBytes }) => size + sizeBytes, 0);
  const many = `${counted(artifacts.length, "artifact")} (${bytes(sum)})`;
  if (isRemoved) return `Removed ${many} that no job names from ${place}.\n`;
  if (artifacts.length === 0) return `No kernels were uploaded to ${place}.\n`;
  const rows = artifacts.map(({ sha256, sizeBytes, uploadedAtMs, jobs }) => [
    ...[printable(sha256.slice(0, SHOWN)), bytes(sizeBytes), ago(uploadedAtMs)],
    jobs.length > SHOWN_JOBS
      ? `${jobs.slice(0, SHOWN_JOBS).join(", ")} and ${jobs.length - SHOWN_JOBS} more`
      : jobs.join(", ") || "none",
  ]);
  const title = styleText("bold", `Kernels uploaded to ${place}: ${many}`);
  return `${title}\n${columns([["SHA-256", "SIZE", "UPLOADED", "JOBS"], ...rows])}`;
}
