import { Readable } from "node:stream";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Store } from "./store.ts";

const PART_BYTES = 8 * 2 ** 20;
const CONTENT_TYPES: Readonly<Record<string, string>> = { json: "application/json", png: "image/png" };

/** The store on S3. Every PUT carries a checksum (the SDK's default), so a 200 confirms the bytes. */
export class S3Store implements Store {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > PART_BYTES) return this.putStream(key, slices(bytes));
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: bytes, ContentType: contentType(key) }),
    );
  }

  async putStream(key: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    // Only this path needs multipart uploads: a worker's cold start should not pay for loading them.
    const { Upload } = await import("@aws-sdk/lib-storage");
    const params = {
      Bucket: this.#bucket,
      Key: key,
      Body: Readable.from(parts),
      ContentType: contentType(key),
    };
    await new Upload({ client: this.#client, params, partSize: PART_BYTES, queueSize: 2 }).done();
  }

  async *list(prefix: string): AsyncGenerator<string> {
    let token: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ContinuationToken: token }),
      );
      for (const { Key } of page.Contents ?? []) if (Key) yield Key;
      token = page.NextContinuationToken;
    } while (token);
  }
}

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PART_BYTES) yield bytes.subarray(at, at + PART_BYTES);
}

function contentType(key: string): string {
  return CONTENT_TYPES[key.slice(key.lastIndexOf(".") + 1)] ?? "application/octet-stream";
}
