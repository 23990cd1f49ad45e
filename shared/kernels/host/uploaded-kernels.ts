/** Kernels that lie in the bucket, fetched and checked once an environment. */
import { createHash } from "node:crypto";
import { uploadPolicyOf } from "../../validation/env.ts";
import {
  CorruptUploadError,
  InvalidInputError,
  KernelError,
  MissingObjectError,
} from "../../validation/errors.ts";
import type { KernelName, LoadedKernel } from "../loader.ts";
import {
  expectAllowed,
  kindOf,
  MOST_UPLOAD_BYTES,
  type Upload,
  type Uploaded,
  uploadKey,
} from "../uploads.ts";
import { declareUpload } from "./declare-upload.ts";

type Get = (key: string, mostBytes: number) => Promise<Uint8Array | undefined>;

interface UploadPorts {
  readonly get: Get;
  /** The environment's word for its policy. */
  readonly allowed: string | undefined;
  /** The text of a thread's program that calls `declareInThread`. */
  readonly program: string;
}

/** Kernels of which a warm environment keeps the code. */
const KEPT = 4;

/**
 * Gives what was uploaded, without a `compute` of its own. Throws InvalidInputError where the environment's policy forbids it,
 * MissingObjectError where it is gone, and CorruptUploadError where its bytes are not those that the job names. Throws EnvironmentError at once, for a word that is no policy.
 */
export function uploadedKernels({
  get,
  allowed,
  program,
}: UploadPorts): (named: KernelName) => Promise<LoadedKernel> {
  const policy = uploadPolicyOf(allowed);
  const known = new Map<string, Promise<Upload>>();
  const kept = (named: KernelName, fetch: () => Promise<Upload>): Promise<Upload> => {
    const key = [named.name, named.hash, named.uploaded?.sha256, named.uploaded?.fast].join();
    const upload = known.get(key) ?? fetch();
    known.delete(key);
    known.set(key, upload);
    upload.catch(() => known.delete(key)); // it may be there the next time
    const [oldest] = known.keys();
    if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
    return upload;
  };
  return async (named) => {
    const { name, hash, uploaded } = named;
    if (hash === undefined || !uploaded) throw new InvalidInputError("kernel", "one that was uploaded", name);
    if (policy === "none") expectAllowed(name, "wasm", policy); // not even asked for
    const upload = await kept(named, async () => {
      const code = await bytesOf(get, uploaded.sha256);
      const kind = kindOf(code, named.declaration);
      expectAllowed(name, kind, policy);
      return { name, hash, kind, code, ...(await twinOf(get, uploaded)) };
    });
    const declaration = named.declaration ?? (await declareUpload(upload, program));
    return { name, hash, declaration, compute: notHere, upload };
  };
}

const twinOf = async (get: Get, { fast }: Uploaded) =>
  fast === undefined ? {} : { fast: await bytesOf(get, fast) };

async function bytesOf(get: Get, sha256: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = uploadKey(sha256);
  const bytes = await get(key, MOST_UPLOAD_BYTES);
  if (!bytes) throw new MissingObjectError(key);
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== sha256) throw new CorruptUploadError(key, found);
  return new Uint8Array(bytes);
}

function notHere(): never {
  throw new KernelError("Expected an uploaded kernel to compute in a thread of its own, got a call.");
}
