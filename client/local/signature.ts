import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The part of a request before its body. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<IncomingHttpHeaders>;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=[^/,\s]+\/((\d{8})\/[^/,\s]+\/[^/,\s]+\/aws4_request), ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
const NEEDS_NO_ESCAPES = /^[\w.~-]*$/;
const SHA256 = /^[0-9a-f]{64}$/;
/** Keys for two services on one or two days are kept; other keys are derived anew for each request. */
const MOST_KEYS = 4;

/**
 * Verifies AWS's Signature V4 of requests with one secret, written from the specification and sharing no code with the
 * signer: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export class SignatureVerifier {
  readonly #secret: string;
  readonly #keys = new Map<string, KeyObject>();

  constructor(secret: string) {
    this.#secret = secret;
  }

  /**
   * Whether the head is signed with the secret: method, path, query, host, every `x-amz-` header, and the hash that the
   * body must have (see `hasSignedHash`); `bodyHash` where its header does not say it. The caller may choose any access key id, and a
   * signature does not expire.
   */
  isSigned(
    { method = "", url = "", headers }: RequestHead,
    bodyHash = String(headers["x-amz-content-sha256"]),
  ): boolean {
    const [, scope = "", day = "", names = "", signature] =
      AUTHORIZATION.exec(headers.authorization ?? "") ?? [];
    const date = String(headers["x-amz-date"]);
    if (signature === undefined || !date.startsWith(day) || !SHA256.test(bodyHash)) return false;
    const signed = names.split(";");
    if (!Object.keys(headers).every((name) => signed.includes(name) || mayBeUnsigned(name))) return false;
    const address = canonicalAddress(url);
    if (address === undefined) return false;
    const lines = signed.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, " ")}\n`);
    const canonical = [method, ...address, lines.join(""), names, bodyHash].join("\n");
    const toSign = [ALGORITHM, date, scope, sha256(canonical)].join("\n");
    return timingSafeEqual(hmac(this.#keyOf(scope), toSign), Buffer.from(signature, "hex"));
  }

  #keyOf(scope: string): KeyObject {
    const known = this.#keys.get(scope);
    if (known) return known;
    if (this.#keys.size === MOST_KEYS) this.#keys.clear();
    const derived = scope.split("/").reduce<Buffer | string>(hmac, `AWS4${this.#secret}`);
    const key = createSecretKey(derived as Buffer);
    this.#keys.set(scope, key);
    return key;
  }
}

/** Whether the body has the hash that was signed. */
export function hasSignedHash({ headers }: Pick<RequestHead, "headers">, body: Uint8Array): boolean {
  return sha256(body) === headers["x-amz-content-sha256"];
}

const mayBeUnsigned = (name: string) => name !== "host" && !name.startsWith("x-amz-");

/** Path and query as they are signed; undefined for invalid escapes. */
function canonicalAddress(url: string): [path: string, query: string] | undefined {
  const [rawPath, rawQuery] = splitAt("?", url);
  try {
    const query = rawQuery
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair) => splitAt("=", pair).map(escapedAnew).join("="))
      .sort();
    return [rawPath.split("/").map(escapedAnew).join("/"), query.join("&")];
  } catch {
    return undefined;
  }
}

/** Splits at the first mark only: further marks belong to the second half, which is signed like everything else. */
function splitAt(mark: string, text: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** Escapes every character except letters, digits and - . _ ~ */
function escapedAnew(text: string): string {
  if (NEEDS_NO_ESCAPES.test(text)) return text;
  const code = (letter: string) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(decodeURIComponent(text)).replace(/[!'()*]/g, code);
}

const sha256 = (data: Uint8Array | string) => hash("sha256", data);
const hmac = (key: KeyObject | Buffer | string, data: string) =>
  createHmac("sha256", key).update(data).digest();
