/** Kernels that lie in the bucket: looked up where neither the program nor the zip has one. */
import { createHash } from "node:crypto";
import type { Declaration } from "../shared/kernels/declaration.ts";
import type { KernelName, Kernels, LoadedKernel } from "../shared/kernels/loader.ts";
import {
  expectAllowed,
  kindOf,
  MOST_UPLOAD_BYTES,
  type Upload,
  type Uploaded,
} from "../shared/kernels/uploads.ts";
import { kernelKey } from "../shared/ports/keys.ts";
import type { StoreReader } from "../shared/ports/store.ts";
import type { UploadPolicy } from "../shared/validation/env.ts";
import { CorruptUploadError, KernelError, MissingObjectError } from "../shared/validation/errors.ts";

export interface UploadPorts {
  readonly store: Pick<StoreReader, "get">;
  readonly policy: UploadPolicy;
  /** What an upload declares, where its job does not say so yet. */
  readonly declare: (upload: Upload) => Promise<Declaration>;
}

/** Kernels of which a warm environment keeps the code. */
const KEPT = 4;

/**
 * These kernels, and what was uploaded. `get` throws InvalidInputError where the policy forbids one, MissingObjectError where it is gone,
 * and CorruptUploadError where its bytes are not those that the job names. An upload that it gives has no `compute` of its own.
 */
export function withUploads(kernels: Kernels, { store, policy, declare }: UploadPorts): Kernels {
  const known = new Map<string, Promise<Upload>>();
  const fetched = (named: KernelName, hash: string, uploaded: Uploaded): Promise<Upload> => {
    const key = [named.name, hash, uploaded.sha256, uploaded.fast].join();
    const upload = known.get(key) ?? fetchUpload(store, { name: named.name, hash }, uploaded, policy);
    known.delete(key);
    known.set(key, upload);
    upload.catch(() => known.delete(key)); // it may be there the next time
    const [oldest] = known.keys();
    if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
    return upload;
  };
  return {
    keys: () => kernels.keys(),
    get: async (named) => {
      const own = await kernels.get(named);
      const { name, hash, uploaded } = named;
      if (own || hash === undefined || !uploaded) return own;
      if (policy === "none") expectAllowed(name, "wasm", policy); // not even asked for
      const upload = await fetched(named, hash, uploaded);
      const declaration = named.declaration ?? (await declare(upload));
      return { name, hash, declaration, compute: notHere, upload } satisfies LoadedKernel;
    },
  };
}

async function fetchUpload(
  store: Pick<StoreReader, "get">,
  { name, hash }: { readonly name: string; readonly hash: string },
  { sha256, fast }: Uploaded,
  policy: UploadPolicy,
): Promise<Upload> {
  const code = await bytesOf(store, sha256);
  const kind = kindOf(code);
  expectAllowed(name, kind, policy);
  return { name, hash, kind, code, ...(fast !== undefined && { fast: await bytesOf(store, fast) }) };
}

async function bytesOf(store: Pick<StoreReader, "get">, sha256: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = kernelKey(sha256);
  const bytes = await store.get(key, MOST_UPLOAD_BYTES);
  if (!bytes) throw new MissingObjectError(key);
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== sha256) throw new CorruptUploadError(key, found);
  return new Uint8Array(bytes);
}

function notHere(): never {
  throw new KernelError("Expected an uploaded kernel to compute in a thread of its own, got a call.");
}
