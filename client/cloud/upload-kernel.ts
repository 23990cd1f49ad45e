/** Kernels of files that a deployment has not seen: brought there before a job asks for them. */
import { createHash } from "node:crypto";
import * as v from "valibot";
import { deployWithKernels } from "../../shared/build/commands.ts";
import { expectAllowed, kindOf, type Uploaded, uploadKey } from "../../shared/kernels/uploads.ts";
import { uploadPolicyOf } from "../../shared/validation/env.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { artifactOf } from "../kernels/artifact.ts";
import { BucketWriter } from "./bucket-writer.ts";
import type { Cloud } from "./cloud.ts";
import { isLocal } from "./place.ts";

/** What a request says of its kernel. */
interface Asking {
  readonly kernel?: string;
  readonly hash?: string | undefined;
  readonly uploaded?: Uploaded | undefined;
}

/**
 * The request, and where its kernel was uploaded: it is, once, if a file of this machine has it and the deployment does not. Throws
 * InvalidInputError, which names the setting and its reason, where the deployment takes no such upload.
 */
export async function withKernel<Request extends Asking>(cloud: Cloud, request: Request): Promise<Request> {
  const { kernel = "of the job", hash, uploaded } = request;
  const { kernels, kernelUploads } = cloud.deployment;
  if (hash === undefined || uploaded || isDeployed(hash, kernels)) return request;
  const artifact = await artifactOf(hash);
  // One in the program, or one that only the deployment could know: it says so itself. Deployments of earlier versions take none.
  if (!artifact || kernelUploads === undefined) return request;
  const isPython = artifact.isPython === true;
  if (isPython && !cloud.deployment.python) throw withoutPython(kernel, cloud);
  const kind = isPython ? "python" : kindOf(artifact.code);
  expectAllowed(printable(kernel), kind, uploadPolicyOf(kernelUploads));
  const sha256 = await bring(cloud, artifact.code);
  const fast = artifact.fast && (await bring(cloud, artifact.fast));
  return { ...request, uploaded: { sha256, ...(fast !== undefined && { fast }) } };
}

/** The workers of Node, all that such a deployment has, compute none. */
function withoutPython(kernel: string, { deployment: { place } }: Cloud): InvalidInputError {
  const command = deployWithKernels(isLocal(place), ["<all files>.py"]);
  const hint = `${command} gives it workers of Python, with all that the files import.`;
  return new InvalidInputError(
    `kernel ${printable(kernel)}`,
    "one that this deployment computes",
    "Python",
    hint,
  );
}

const HashesSchema = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string()));

/** Whether the deployment's zips have it. What cannot be read says nothing. */
function isDeployed(hash: string, kernels = "{}"): boolean {
  const parsed = v.safeParse(HashesSchema, kernels);
  return parsed.success && Object.values(parsed.output).includes(hash);
}

/** It stays if the job is refused: another client's job may have come to need it. */
async function bring(cloud: Cloud, bytes: Uint8Array): Promise<string> {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const key = uploadKey(sha256);
  for await (const found of cloud.store.list(key)) if (found === key) return sha256;
  await new BucketWriter(cloud).putIfAbsent(key, bytes);
  return sha256;
}
