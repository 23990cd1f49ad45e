import { DeleteObjectCommand, PutObjectCommand, S3ServiceException } from "@aws-sdk/client-s3";
import type { Put, Store } from "../../shared/ports/store.ts";
import type { Cloud } from "./cloud.ts";

/** S3's answers where the object is there, and where another request is storing it right now. */
const EXISTS = 412;
const CONFLICT = 409;

/** Stores objects for a job that is about to be submitted, by the caller's own rights, and takes them back. */
export class BucketWriter implements Pick<Store, "get" | "putIfAbsent"> {
  readonly #cloud: Cloud;
  readonly #stored = new Set<string>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  get(key: string, mostBytes?: number): Promise<Uint8Array | undefined> {
    return this.#cloud.store.get(key, mostBytes);
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<Put> {
    const { clients, deployment } = this.#cloud;
    try {
      await clients.s3.send(
        new PutObjectCommand({ Bucket: deployment.bucket, Key: key, Body: bytes, IfNoneMatch: "*" }),
      );
      this.#stored.add(key);
      return "stored";
    } catch (error) {
      const status = error instanceof S3ServiceException && error.$metadata.httpStatusCode;
      if (status === EXISTS || status === CONFLICT) return "exists";
      throw error;
    }
  }

  /** Removes what it stored itself, as far as it may: for a job that was refused. */
  async takeBack(): Promise<void> {
    const { clients, deployment } = this.#cloud;
    for (const Key of this.#stored)
      await clients.s3.send(new DeleteObjectCommand({ Bucket: deployment.bucket, Key })).catch(() => {});
  }
}
