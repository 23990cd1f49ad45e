import type { AwsResponse } from "./aws-client.ts";
import { AwsError } from "./aws-error.ts";
import { checksumOf, type ObjectRequest, textIn } from "./s3-wire.ts";

const PARTS_IN_FLIGHT = 2;

type Send = (request: ObjectRequest) => Promise<AwsResponse>;

export interface UploadOptions {
  readonly key: string;
  readonly contentType: string;
  /** Headers with the condition for storing the object: they go with the last request, whose answer decides. */
  readonly condition: Readonly<Record<string, string>>;
}

/**
 * Stores an object in parts; memory holds a few of them. Aborts the upload if a part fails: otherwise S3 would keep,
 * and charge for, invisible parts. https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
export async function uploadParts(
  send: Send,
  { key, contentType, condition }: UploadOptions,
  parts: AsyncIterable<Uint8Array>,
): Promise<void> {
  const begun = await send({
    ...{ operation: "CreateMultipartUpload", method: "POST", key, query: { uploads: "" } },
    headers: { "content-type": contentType, "x-amz-checksum-algorithm": "CRC32" },
  });
  const uploadId = textIn(begun.body.toString(), "UploadId") ?? "";
  try {
    const sent = await sendParts(send, key, parts, uploadId);
    await complete(send, { key, uploadId, condition }, sent);
  } catch (error) {
    // The first error matters; the bucket's lifecycle rule removes the parts that a failed abort leaves.
    await send({ operation: "AbortMultipartUpload", method: "DELETE", key, query: { uploadId } }).catch(
      () => {},
    );
    throw error;
  }
}

/** The same bytes in parts of exactly `size`, except the last. */
export async function* inParts(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of source) {
    for (let at = 0; at < piece.length; ) {
      const taken = piece.subarray(at, at + size - bytes);
      waiting.push(taken);
      bytes += taken.length;
      at += taken.length;
      if (bytes < size) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

interface SentPart {
  readonly number: number;
  readonly tag: string;
  readonly "x-amz-checksum-crc32": string;
}

async function sendParts(
  send: Send,
  key: string,
  parts: AsyncIterable<Uint8Array>,
  uploadId: string,
): Promise<SentPart[]> {
  const sent: SentPart[] = [];
  const inFlight = new Set<Promise<void>>();
  let number = 0;
  try {
    for await (const body of parts) {
      const partNumber = ++number;
      const checksum = checksumOf(body);
      const query = { partNumber: `${partNumber}`, uploadId };
      const part = send({ operation: "UploadPart", method: "PUT", key, query, headers: checksum, body }).then(
        ({ headers }) => {
          sent.push({ number: partNumber, tag: headers.etag ?? "", ...checksum });
          inFlight.delete(part);
        },
      );
      part.catch(() => {}); // awaited below, where its error is thrown
      inFlight.add(part);
      if (inFlight.size >= PARTS_IN_FLIGHT) await Promise.race(inFlight);
    }
    await Promise.all(inFlight);
  } finally {
    // Waits for every part: one that arrives after the abort would stay.
    await Promise.allSettled(inFlight);
  }
  return sent.sort((a, b) => a.number - b.number);
}

/** S3 may answer 200 at once and report a failure later, in the body. */
async function complete(
  send: Send,
  { key, uploadId, condition }: Pick<UploadOptions, "key" | "condition"> & { readonly uploadId: string },
  sent: readonly SentPart[],
): Promise<void> {
  const parts = sent.map(
    ({ number, tag, "x-amz-checksum-crc32": crc32 }) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${tag.replaceAll('"', "&quot;")}</ETag><ChecksumCRC32>${crc32}</ChecksumCRC32></Part>`,
  );
  const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join("")}</CompleteMultipartUpload>`;
  const headers = { "content-type": "application/xml", ...condition };
  const operation = "CompleteMultipartUpload";
  const answer = await send({ operation, method: "POST", key, query: { uploadId }, headers, body });
  const xml = answer.body.toString();
  if (!/<Error>/.test(xml)) return;
  throw new AwsError(
    `s3 ${operation}`,
    answer.status,
    textIn(xml, "Code") ?? "Error",
    textIn(xml, "Message") ?? "",
  );
}
