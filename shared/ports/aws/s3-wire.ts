import { crc32 } from "node:zlib";
import type { AwsRequest, AwsResponse } from "./aws-client.ts";

/** What S3's requests and answers are made of. */

/** A request for an object of the bucket, or for the bucket itself where the key is empty. */
export type ObjectRequest = Omit<AwsRequest, "url"> & { readonly key: string };

/** S3 refuses bytes that do not have this checksum, and keeps it. */
export function checksumOf(bytes: Uint8Array): { readonly "x-amz-checksum-crc32": string } {
  return { "x-amz-checksum-crc32": base64Crc32(bytes) };
}

/** What is wrong with an object's bytes. Of one that came in parts S3 has a checksum of checksums only, with a dash. */
export function checksumFault({ headers, body }: AwsResponse): string | undefined {
  const stored = headers["x-amz-checksum-crc32"];
  if (typeof stored !== "string" || stored.includes("-") || stored === base64Crc32(body)) return undefined;
  return "the bytes have another checksum than those that were stored";
}

/** The text of an XML element that has no others in it. */
export function textIn(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text
    ?.replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** A text as it stands in an XML element, for `textIn` to read. */
export function inXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll(">", "&gt;")
    .replaceAll("<", "&lt;")
    .replaceAll('"', "&quot;");
}

function base64Crc32(bytes: Uint8Array): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString("base64");
}
