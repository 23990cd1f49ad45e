import { crc32 } from "node:zlib";
import type { AwsRequest, AwsResponse } from "./aws-client.ts";

/** The parts of S3's requests and answers. */

/** A request for an object of the bucket, or for the bucket itself if the key is empty. */
export type ObjectRequest = Omit<AwsRequest, "url"> & { readonly key: string };

/** The checksum header: S3 refuses other bytes, and keeps the checksum. */
export function checksumOf(bytes: Uint8Array): { readonly "x-amz-checksum-crc32": string } {
  return { "x-amz-checksum-crc32": base64Crc32(bytes) };
}

/**
 * The fault of an object's bytes, or undefined. An object that was uploaded in parts has only a checksum of checksums,
 * with a dash: it is not checked.
 */
export function checksumFault({ headers, body }: AwsResponse): string | undefined {
  const stored = headers["x-amz-checksum-crc32"];
  if (typeof stored !== "string" || stored.includes("-") || stored === base64Crc32(body)) return undefined;
  return "the bytes have another checksum than those that were stored";
}

/** The text of the first XML element of that name without child elements. */
export function textIn(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text
    ?.replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** Escapes a text for an XML element; `textIn` reverses it. */
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
