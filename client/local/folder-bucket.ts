import { hash, randomUUID } from "node:crypto";
import type { Folder } from "../../shared/ports/file/folder.ts";

/**
 * A refusal of the bucket; the emulator answers it as S3 does:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export class BucketError extends Error {
  readonly code: "NoSuchKey" | "NoSuchUpload" | "PreconditionFailed" | "SignatureDoesNotMatch";
  readonly status: number;

  constructor(code: BucketError["code"], status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const notTheSignedBody = () =>
  new BucketError("SignatureDoesNotMatch", 403, "The body is not the one that was signed");

const noSuchKey = () => new BucketError("NoSuchKey", 404, "The specified key does not exist.");

interface ObjectHead {
  readonly key: string;
  readonly contentType: string;
  readonly contentLength: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Checksum {
  readonly algorithm: string;
  readonly value: string;
  readonly type: string;
}

/**
 * The object store of fauxqs's S3, kept in a folder: objects are files as soon as they are stored, and use no memory.
 */
export class FolderBucket {
  readonly #folder: Folder;
  readonly #uploads = new Map<string, { readonly key: string; readonly parts: Map<number, string> }>();

  readonly #isConditional: () => boolean;

  /** `isConditional` tells whether the request that is being answered may store new objects only. */
  constructor(folder: Folder, isConditional: () => boolean = () => false) {
    this.#folder = folder;
    this.#isConditional = isConditional;
  }

  hasBucket(): boolean {
    return true;
  }

  /** Stores the object, where `isConditional` only if there is none: otherwise throws BucketError. */
  store(key: string, body: Uint8Array, isConditional: boolean): ObjectHead {
    if (!isConditional) this.#folder.write(key, body);
    else if (!this.#folder.writeIfAbsent(key, body)) throw unmetCondition();
    return head(key, body.length);
  }

  putObject(
    _bucket: string,
    key: string,
    body: Uint8Array,
    _contentType?: string,
    _metadata?: object,
    _systemMetadata?: object,
    checksum?: Checksum,
  ) {
    return {
      ...this.store(key, body, this.#isConditional()),
      ...(checksum && {
        checksumAlgorithm: checksum.algorithm,
        checksumValue: checksum.value,
        checksumType: checksum.type,
      }),
    };
  }

  getObject(_bucket: string, key: string): ObjectHead & { readonly body: Uint8Array } {
    const body = this.#folder.read(key);
    if (!body) throw noSuchKey();
    return { ...head(key, body.length), body };
  }

  headObject(_bucket: string, key: string): ObjectHead {
    const size = this.#folder.size(key);
    if (size === undefined) throw noSuchKey();
    return head(key, size);
  }

  deleteObject(_bucket: string, key: string): void {
    this.#folder.remove(key);
  }

  listObjects(
    _bucket: string,
    {
      prefix = "",
      maxKeys = 1000,
      startAfter = "",
    }: { prefix?: string; maxKeys?: number; startAfter?: string } = {},
  ) {
    const keys = this.#folder.list(prefix).filter((key) => key > startAfter);
    return {
      objects: keys.slice(0, maxKeys).map((key) => head(key, this.#folder.size(key) ?? 0)),
      commonPrefixes: [],
      isTruncated: keys.length > maxKeys,
    };
  }

  createMultipartUpload(_bucket: string, key: string): string {
    const uploadId = randomUUID();
    this.#uploads.set(uploadId, { key, parts: new Map() });
    return uploadId;
  }

  /** Parts arrive in any order: each is a file of its own until the upload completes. */
  uploadPart(uploadId: string, partNumber: number, body: Uint8Array, checksumValue?: string) {
    const upload = this.#upload(uploadId);
    const partKey = `${upload.key}.${uploadId}.${partNumber}.tmp`;
    this.#folder.write(partKey, body);
    upload.parts.set(partNumber, partKey);
    return { etag: `"${hash("md5", body)}"`, checksumValue };
  }

  completeMultipartUpload(uploadId: string, parts: readonly { readonly partNumber: number }[]): ObjectHead {
    const upload = this.#upload(uploadId);
    const file = this.#folder.open(upload.key);
    try {
      for (const { partNumber } of parts) {
        const part = this.#folder.read(upload.parts.get(partNumber) ?? "");
        if (!part) throw noSuchKey();
        file.append(part);
      }
    } catch (error) {
      file.abort(); // removes the unfinished file, on a full disk too
      throw error;
    }
    if (!this.#isConditional()) file.commit();
    else if (!file.commitIfAbsent()) throw unmetCondition();
    this.abortMultipartUpload(uploadId);
    return this.headObject("", upload.key);
  }

  abortMultipartUpload(uploadId: string): void {
    for (const partKey of this.#upload(uploadId).parts.values()) this.#folder.remove(partKey);
    this.#uploads.delete(uploadId);
  }

  /** Aborts uploads that were never completed, for example by a killed worker. */
  close(): void {
    for (const uploadId of this.#uploads.keys()) this.abortMultipartUpload(uploadId);
  }

  #upload(uploadId: string) {
    const upload = this.#uploads.get(uploadId);
    if (!upload) throw new BucketError("NoSuchUpload", 404, "The specified upload does not exist.");
    return upload;
  }
}

const unmetCondition = () =>
  new BucketError("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold");

function head(key: string, contentLength: number): ObjectHead {
  const etag = `"${hash("md5", `${key} ${contentLength}`)}"`;
  return {
    key,
    contentType: "application/octet-stream",
    contentLength,
    etag,
    lastModified: new Date(0),
    metadata: {},
  };
}
