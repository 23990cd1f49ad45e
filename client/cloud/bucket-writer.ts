import type { Put, Store } from "../../shared/ports/store.ts";
import type { Cloud } from "./cloud.ts";
import { CloudError } from "./cloud-errors.ts";
import { DeleteObjectCommand, PutObjectCommand, S3ServiceException } from "./sdk.ts";

/** S3's answers where the object is there, and where another request is storing it right now. */
const EXISTS = 412;
const CONFLICT = 409;

/** Stores objects for a job that is about to be submitted, by the caller's own rights, and takes them back. */
export class BucketWriter implements Pick<Store, "get" | "putIfAbsent"> {
  readonly #cloud: Cloud;
  readonly #stored = new Set<string>();
  readonly #underWay = new Set<Promise<Put>>();
  #takenBack: Promise<void> | undefined;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  get(key: string, mostBytes?: number): Promise<Uint8Array | undefined> {
    return this.#cloud.store.get(key, mostBytes);
  }

  /** Throws CloudError once `takeBack` was called. */
  async putIfAbsent(key: string, bytes: Uint8Array): Promise<Put> {
    if (this.#takenBack !== undefined) throw new CloudError("The upload was called off.");
    const put = this.#put(key, bytes);
    this.#underWay.add(put);
    try {
      return await put;
    } finally {
      this.#underWay.delete(put);
    }
  }

  async #put(key: string, bytes: Uint8Array): Promise<Put> {
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

  /** Removes what it stored itself, as far as it may: for a job that was not submitted. It stores nothing from then on. */
  takeBack(): Promise<void> {
    this.#takenBack ??= this.#remove();
    return this.#takenBack;
  }

  async #remove(): Promise<void> {
    const { clients, deployment } = this.#cloud;
    await Promise.allSettled(this.#underWay);
    for (const Key of this.#stored) {
      try {
        await clients.s3.send(new DeleteObjectCommand({ Bucket: deployment.bucket, Key }));
      } catch (error) {
        if (!(error instanceof S3ServiceException)) return; // out of reach, and so are the others
      }
    }
  }
}
