import { createHash, createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { SignatureV4 } from "@smithy/signature-v4";

type Secret = string | Uint8Array;
const MOST_KEYS = 20;
const keys = new Map<Secret, KeyObject>();

/**
 * A cached key object for a secret: Node would make one for each HMAC of a bare secret, which takes five times as long
 * as the HMAC.
 */
function keyOf(secret: Secret): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  if (keys.size === MOST_KEYS) keys.clear();
  const key = typeof secret === "string" ? createSecretKey(secret, "utf8") : createSecretKey(secret);
  keys.set(secret, key);
  return key;
}

/** Node's hashes, with and without a key, in the interface that the signer expects. */
export class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;
  constructor(
    secret?: ConstructorParameters<NonNullable<ConstructorParameters<typeof SignatureV4>[0]["sha256"]>>[0],
  ) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", keyOf(secret as Secret));
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}
