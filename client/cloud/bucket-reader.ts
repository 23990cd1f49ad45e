import { buffer } from "node:stream/consumers";
import type { _Object, S3Client } from "@aws-sdk/client-s3";
import { allPages, atMostBytes, MOST_BYTES } from "../../shared/ports/bounded.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey } from "./sdk.ts";

/** A deployment's bucket, read by the SDK, which knows profiles, single sign-on and configured endpoints. */
export class BucketReader implements StoreReader {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async get(key: string, mostBytes = MOST_BYTES): Promise<Uint8Array | undefined> {
    const parts = await this.open(key, mostBytes);
    return parts && buffer(parts);
  }

  /** The object's bytes as they arrive. Reading throws TooLargeError beyond `mostBytes`. */
  async open(
    key: string,
    mostBytes: number,
    abortSignal?: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    const request = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
    try {
      const { Body } = await this.#client.send(request, abortSignal && { abortSignal });
      return Body && atMostBytes(Body as unknown as AsyncIterable<Uint8Array>, mostBytes, key);
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async *list(prefix: string): AsyncGenerator<string> {
    for await (const { Key } of this.objects(prefix)) if (Key) yield Key;
  }

  /** Like `list`, with S3's attributes of each object. */
  objects(prefix: string): AsyncGenerator<_Object> {
    return allPages(prefix, async (token) => {
      const { Contents = [], NextContinuationToken } = await this.#page(prefix, token);
      return { items: Contents, next: NextContinuationToken };
    });
  }

  /** The next part, up to a slash, of the keys that start with `prefix`. */
  folders(prefix: string): AsyncGenerator<string> {
    return allPages(prefix, async (token) => {
      const { CommonPrefixes = [], NextContinuationToken } = await this.#page(prefix, token, "/");
      return {
        items: CommonPrefixes.map(({ Prefix = "" }) => Prefix.slice(prefix.length, -1)),
        next: NextContinuationToken,
      };
    });
  }

  #page(Prefix: string, ContinuationToken: string | undefined, Delimiter?: string) {
    const where = { Bucket: this.#bucket, Prefix, ContinuationToken, Delimiter };
    return this.#client.send(new ListObjectsV2Command(where));
  }
}
