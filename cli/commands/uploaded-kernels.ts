import { styleText } from "node:util";
import type { RemoteEngine } from "../../client/engines/engine.ts";
import type { JobPlace } from "../../client/jobs/job-store.ts";
import {
  removeArtifacts,
  type UploadedArtifact,
  unneeded,
  uploadedArtifacts,
} from "../../client/remote/uploaded-kernels.ts";
import { counted } from "../../shared/validation/counted.ts";
import { printable } from "../../shared/validation/printable.ts";
import { ago, bytes, columns, jsonLine } from "../terminal/text.ts";

export interface UploadedKernelsOptions extends JobPlace {
  readonly prune?: boolean;
  readonly json?: boolean;
}

/** Characters of a hash, and jobs, that a line shows. */
const SHOWN = 16;
const SHOWN_JOBS = 3;

/** `manyhands kernels --engine aws`, or `redis`: what was uploaded. With `--prune`, what no job names is removed, and told. */
export function uploadedKernels(
  { withRemote }: RemoteEngine,
  { prune, json, ...place }: UploadedKernelsOptions,
): Promise<void> {
  return withRemote(place, async ({ store, site }) => {
    const all = await uploadedArtifacts(store);
    const shown = prune ? unneeded(all, Date.now()) : all;
    if (prune) await removeArtifacts(store, shown);
    if (json) process.stdout.write(jsonLine(shown));
    else process.stdout.write(asText(shown, site.place, prune));
  });
}

function asText(artifacts: readonly UploadedArtifact[], place: string, isRemoved = false): string {
  const sum = artifacts.reduce((size, { sizeBytes }) => size + sizeBytes, 0);
  const many = counted(artifacts.length, "artifact") + (sum > 0 ? ` (${bytes(sum)})` : "");
  if (isRemoved) return `Removed ${many} that no job names from ${place}.\n`;
  if (artifacts.length === 0) return `No kernels were uploaded to ${place}.\n`;
  const rows = artifacts.map(({ sha256, sizeBytes, uploadedAtMs, jobs }) => [
    ...[
      printable(sha256.slice(0, SHOWN)),
      sizeBytes > 0 ? bytes(sizeBytes) : "",
      uploadedAtMs === undefined ? "" : ago(uploadedAtMs),
    ],
    jobs.length > SHOWN_JOBS
      ? `${jobs.slice(0, SHOWN_JOBS).join(", ")} and ${jobs.length - SHOWN_JOBS} more`
      : jobs.join(", ") || "none",
  ]);
  const title = styleText("bold", `Kernels uploaded to ${place}: ${many}`);
  return `${title}\n${columns([["SHA-256", "SIZE", "UPLOADED", "JOBS"], ...rows])}`;
}
