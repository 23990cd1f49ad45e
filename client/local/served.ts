import type { RequestHead } from "./signature.ts";

/** The bucket of the embedded S3. */
export const BUCKET = "manyhands";

/**
 * By method, bucket or key, and the parameters that select another operation:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
const S3_OPERATIONS: Readonly<Record<string, string>> = {
  "GET bucket list-type": "ListObjectsV2",
  "GET key": "GetObject",
  "PUT key": "PutObject",
  "POST key uploads": "CreateMultipartUpload",
  "PUT key partNumber uploadId": "UploadPart",
  "POST key uploadId": "CompleteMultipartUpload",
  "DELETE key uploadId": "AbortMultipartUpload",
  "DELETE key": "DeleteObject",
};
/** Parameters that refine an operation without selecting another; the SDK names the operation in `x-id`. */
const REFINEMENTS = new Set([
  ...["prefix", "delimiter", "max-keys", "start-after", "continuation-token", "encoding-type", "x-id"],
]);
const SQS_OPERATIONS = new Set([
  "SendMessageBatch",
  "ReceiveMessage",
  "DeleteMessageBatch",
  "ChangeMessageVisibility",
  "GetQueueAttributes",
]);

/**
 * AWS's name for an operation that the stages use. Undefined for every other operation of the emulator (make and purge
 * queues, copy objects, take forms and messages for topics, presigned addresses): manyhands does not use those.
 */
export function servedOperation({ method, url = "", headers }: RequestHead): string | undefined {
  const target = headers["x-amz-target"];
  if (target !== undefined || url === "/") {
    const operation = /^AmazonSQS\.(\w+)$/.exec(String(target))?.[1] ?? "";
    const isJson = headers["content-type"] === "application/x-amz-json-1.0";
    return method === "POST" && url === "/" && isJson && SQS_OPERATIONS.has(operation)
      ? operation
      : undefined;
  }
  const [, bucket, key = "", query = ""] = /^\/([^/?]+)\/?([^?]*)\??(.*)$/.exec(url) ?? [];
  if (bucket !== BUCKET || "x-amz-copy-source" in headers) return undefined;
  const telling = query
    .split("&")
    .map((pair) => pair.split("=", 1)[0] ?? "")
    .filter((name) => name !== "" && !REFINEMENTS.has(name))
    .sort();
  return S3_OPERATIONS[[method, key === "" ? "bucket" : "key", ...telling].join(" ")];
}
