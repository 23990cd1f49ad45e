/** Kernels of files that a deployment, or a Redis, has not seen: brought there before a job asks for them. */
import { createHash } from "node:crypto";
import { expectAllowed, kindOf, type Uploaded, uploadKey } from "../../shared/kernels/uploads.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { artifactOf } from "../kernels/artifact.ts";
import type { Remote } from "./remote.ts";

/** What a request says of its kernel. */
interface Asking {
  readonly kernel?: string;
  readonly hash?: string | undefined;
  readonly uploaded?: Uploaded | undefined;
}

/**
 * The request, and where its kernel was uploaded: it is, anew for each job, if a file of this machine has it and its place does not. Throws
 * InvalidInputError, which names the setting and its reason, where that takes no such upload.
 */
export async function withKernel<Request extends Asking>(
  { kernels, store }: Pick<Remote, "kernels" | "store">,
  request: Request,
): Promise<Request> {
  const { kernel = "of the job", hash, uploaded } = request;
  if (hash === undefined || uploaded || kernels.isThere(hash)) return request;
  const artifact = await artifactOf(hash);
  // One in the program, or one that only the deployment could know: it says so itself. Deployments of earlier versions take none.
  const policy = artifact && (await kernels.uploads(artifact.isPython ? "python" : undefined));
  if (!policy) return request;
  const { isPython = false, code } = artifact;
  if (isPython && kernels.withoutPython !== undefined)
    throw new InvalidInputError(
      `kernel ${printable(kernel)}`,
      "one that workers of Node compute",
      "a file of Python",
      kernels.withoutPython,
    );
  expectAllowed(printable(kernel), isPython ? "python" : kindOf(code), policy, kernels.advice);
  const sha256 = await bring(store, artifact.code);
  const fast = artifact.fast && (await bring(store, artifact.fast));
  return { ...request, uploaded: { sha256, ...(fast !== undefined && { fast }) } };
}

/**
 * Stored anew, `kernels --prune` spares it until the job names it. It stays if the job is refused: another client's job may have come to need
 * it. A user who may not write kernels uses one that is there as it is.
 */
async function bring(store: Remote["store"], bytes: Uint8Array): Promise<string> {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const key = uploadKey(sha256);
  try {
    await store.put(key, bytes);
  } catch (error) {
    if (!(await isStored(store, key).catch(() => false))) throw error;
  }
  return sha256;
}

async function isStored(store: Remote["store"], key: string): Promise<boolean> {
  for await (const found of store.list(key)) if (found === key) return true;
  return false;
}
