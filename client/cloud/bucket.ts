import { buffer } from "node:stream/consumers";
import type { S3Client } from "@aws-sdk/client-s3";
import { allPages, atMostBytes, MOST_BYTES } from "../../shared/ports/bounded.ts";
import type { Put } from "../../shared/ports/store.ts";
import { counted } from "../../shared/validation/counted.ts";
import { printable } from "../../shared/validation/printable.ts";
import type { RemoteStore, StoredObject } from "../remote/remote.ts";
import { CloudError } from "./cloud-errors.ts";
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3ServiceException,
} from "./sdk.ts";

/** S3's answers where the object is there, and where another request is storing it right now. */
const EXISTS = 412;
const CONFLICT = 409;
/** S3's limit. */
const KEYS_PER_REQUEST = 1000;

/** A deployment's bucket, by the SDK, which knows profiles, single sign-on and configured endpoints, and by the caller's own rights. */
export class Bucket implements RemoteStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  get name(): string {
    return `s3://${printable(this.#bucket)}`;
  }

  async get(key: string, mostBytes = MOST_BYTES): Promise<Uint8Array | undefined> {
    const parts = await this.open(key, mostBytes);
    return parts && buffer(parts);
  }

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

  async put(Key: string, Body: Uint8Array): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: this.#bucket, Key, Body }));
  }

  async putIfAbsent(Key: string, Body: Uint8Array): Promise<Put> {
    try {
      await this.#client.send(new PutObjectCommand({ Bucket: this.#bucket, Key, Body, IfNoneMatch: "*" }));
      return "stored";
    } catch (error) {
      const status = error instanceof S3ServiceException && error.$metadata.httpStatusCode;
      if (status === EXISTS || status === CONFLICT) return "exists";
      throw error;
    }
  }

  async *list(prefix: string): AsyncGenerator<string> {
    for await (const { key } of this.objects(prefix)) yield key;
  }

  async *objects(prefix: string): AsyncGenerator<StoredObject> {
    const all = allPages(prefix, async (token) => {
      const { Contents = [], NextContinuationToken } = await this.#page(prefix, token);
      return { items: Contents, next: NextContinuationToken };
    });
    for await (const { Key: key, Size: sizeBytes = 0, LastModified } of all)
      if (key) yield { key, sizeBytes, storedAtMs: LastModified?.getTime() };
  }

  folders(prefix: string): AsyncGenerator<string> {
    return allPages(prefix, async (token) => {
      const { CommonPrefixes = [], NextContinuationToken } = await this.#page(prefix, token, "/");
      return {
        items: CommonPrefixes.map(({ Prefix = "" }) => Prefix.slice(prefix.length, -1)),
        next: NextContinuationToken,
      };
    });
  }

  /** Throws CloudError where some stay. */
  async remove(keys: readonly string[], owner: string): Promise<void> {
    const [only = "", ...more] = keys;
    if (only && more.length === 0) {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: only }));
      return;
    }
    for (let at = 0; at < keys.length; at += KEYS_PER_REQUEST) {
      const Objects = keys.slice(at, at + KEYS_PER_REQUEST).map((Key) => ({ Key }));
      const { Errors: [first, ...others] = [] } = await this.#client.send(
        new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } }),
      );
      if (!first) continue;
      throw new CloudError(
        `Expected S3 to delete every object of ${owner}, ${counted(others.length + 1, "object")} stayed: ${first.Message ?? first.Code} The same command goes on.`,
      );
    }
  }

  #page(Prefix: string, ContinuationToken: string | undefined, Delimiter?: string) {
    const where = { Bucket: this.#bucket, Prefix, ContinuationToken, Delimiter };
    return this.#client.send(new ListObjectsV2Command(where));
  }
}
