/** Kernels that are uploaded to a deployment: what a job says of one, and whether a deployment takes it. */
import * as v from "valibot";
import type { UploadPolicy } from "../validation/env.ts";
import { InvalidInputError } from "../validation/errors.ts";
import type { Declaration } from "./declaration.ts";

/** An artifact is WebAssembly, JavaScript, or a file of Python. */
export type UploadKind = "wasm" | "js" | "python";

const sha256 = v.pipe(v.string("text"), v.regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits"));

/**
 * Which bytes a kernel's code is: a kernel's hash covers what its author wrote, and another version of the bundler makes other bytes of
 * it. Each lies under `kernels/<sha256>`, see `uploadKey`.
 */
export const UploadedSchema = v.object({
  sha256,
  /** Its compiled twin, where it names one. */
  fast: v.optional(sha256),
});
export type Uploaded = v.InferOutput<typeof UploadedSchema>;

/** Where artifacts lie in the bucket, by the SHA-256 of their bytes: no stage may write there. */
export const UPLOADS = "kernels/";
export const uploadKey = (sha256: string): string => `${UPLOADS}${sha256}`;

/** The most bytes of an artifact: a module's 16 MiB; a bundle with its source map has fewer. */
export const MOST_UPLOAD_BYTES = 16 * 2 ** 20;

/** The code of a kernel that was uploaded. It computes in a thread that can be ended, never in that of a stage. */
export interface Upload {
  readonly name: string;
  readonly hash: string;
  readonly kind: UploadKind;
  readonly code: Uint8Array<ArrayBuffer>;
  readonly fast?: Uint8Array<ArrayBuffer> | undefined;
}

const NAMES = { wasm: "WebAssembly", js: "JavaScript", python: "Python" } as const;
const MAGIC = [0, 0x61, 0x73, 0x6d];

/** By the bytes, whatever their sender says; a declaration tells Python from JavaScript, which are forbidden alike. */
export function kindOf(code: Uint8Array, declaration?: Declaration): UploadKind {
  if (MAGIC.every((byte, k) => code[k] === byte)) return "wasm";
  return declaration?.language ?? "js";
}

/** Throws InvalidInputError, which names the setting and its reason, where the policy forbids an upload of that kind. `advice` takes the place of what a stack's owner is told. */
export function expectAllowed(name: string, kind: UploadKind, policy: UploadPolicy, advice?: string): void {
  if (policy === "all" || (policy === "wasm" && kind === "wasm")) return;
  const what = `kernel ${name}`;
  const setting = kind === "python" ? "pythonKernels" : "kernels";
  const inZip = `\`npx cdk deploy -c ${setting}=<files>\` puts it into the workers' zip`;
  if (policy === "none")
    throw new InvalidInputError(
      what,
      "among those that the deployment was made with",
      "an upload",
      advice ??
        `The stack's kernelUploads is "none": it computes nothing that comes after its deployment; ${inZip}.`,
    );
  throw new InvalidInputError(
    what,
    "WebAssembly, to be uploaded",
    NAMES[kind],
    advice ??
      `The stack's kernelUploads is "wasm", because ${NAMES[kind]} is no sandbox: it could use the workers' rights. ${kind === "js" ? "Compile it, or deploy" : "Deploy"} with \`-c kernelUploads=all\`; ${inZip}.`,
  );
}
