import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Whether a request is signed for the secret as AWS says it must be, by the text of the specification and none of the
 * SDK's code: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function isSigned(request: IncomingMessage, body: Buffer, secret: string): boolean {
  const { authorization = "", "x-amz-date": date = "", "x-amz-content-sha256": declared } = request.headers;
  const [, scope = "", names = "", signature] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      authorization,
    ) ?? [];
  const [day = "", region = "", service = ""] = scope.split("/");
  const hash = declared === "UNSIGNED-PAYLOAD" ? declared : sha256(body);
  if (service === "s3" && declared !== hash) return false;
  const [rawPath = "/", rawQuery = ""] = (request.url ?? "/").split("?");
  const query = rawQuery
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => pair.split("=").map((part) => escaped(decodeURIComponent(part))))
    .map(([name, value = ""]) => `${name}=${value}`)
    .sort();
  const path = rawPath
    .split("/")
    .map((part) => escaped(decodeURIComponent(part)))
    .join("/");
  const headers = names.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, path, query.join("&"), headers.join(""), names, hash].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<Buffer | string>(hmac, `AWS4${secret}`);
  return hmac(key, toSign).toString("hex") === signature;
}

const sha256 = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");
const hmac = (key: Buffer | string, data: string) => createHmac("sha256", key).update(data).digest();
/** Everything but letters, digits and - . _ ~ */
const escaped = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
