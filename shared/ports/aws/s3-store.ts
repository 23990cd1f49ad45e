import { allPages, MOST_BYTES } from "../bounded.ts";
import { PART_BYTES } from "../request-limits.ts";
import type { Put, Store } from "../store.ts";
import { ATTEMPTS, type AwsClient, type AwsResponse, escaped, pauseAfter } from "./aws-client.ts";
import { AwsError, isConflict, isUnmetCondition } from "./aws-error.ts";
import { inParts, type UploadOptions, uploadParts } from "./multipart-upload.ts";
import { checksumFault, checksumOf, type ObjectRequest, textIn } from "./s3-wire.ts";
import { hostOf } from "./service-host.ts";

/** S3 takes it by the permission to put: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
const IF_ABSENT = { "if-none-match": "*" } as const;
const CONTENT_TYPES: Readonly<Record<string, string>> = { json: "application/json", png: "image/png" };

type Condition = UploadOptions["condition"];

/**
 * The store on S3. Every PUT carries a checksum, so a 200 confirms the bytes; a GET checks the checksum that S3 kept.
 * @example
 * const store = new S3Store(client, "my-bucket");
 * const bytes = await store.get("jobs/j1/job.json"); // undefined if absent
 */
export class S3Store implements Store {
  readonly #client: AwsClient;
  readonly #address: string;

  constructor(client: AwsClient, bucket: string) {
    this.#client = client;
    this.#address = bucketUrl(bucket, client);
  }

  async get(key: string, mostBytes = MOST_BYTES): Promise<Uint8Array | undefined> {
    const headers = { "x-amz-checksum-mode": "ENABLED" };
    const request = { operation: "GetObject", method: "GET", key, headers, fault: checksumFault } as const;
    try {
      return (await this.#send({ ...request, mostBytes })).body;
    } catch (error) {
      if (error instanceof AwsError && error.code === "NoSuchKey") return undefined;
      throw error;
    }
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    return this.#put(key, bytes);
  }

  /** A PUT that is repeated because its answer was lost meets its own object: that is "exists", too. */
  async putIfAbsent(key: string, bytes: Uint8Array): Promise<Put> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#put(key, bytes, IF_ABSENT);
        return "stored";
      } catch (error) {
        if (error instanceof AwsError && isUnmetCondition(error)) return "exists";
        if (!(error instanceof AwsError && isConflict(error)) || attempt === ATTEMPTS) throw error;
        await pauseAfter(attempt);
      }
    }
  }

  async putStream(key: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    const equal = inParts(parts, PART_BYTES);
    const first = (await equal.next()).value ?? new Uint8Array();
    const second = await equal.next();
    if (second.done) return this.put(key, first);
    await this.#upload(key, allOf([first, second.value], equal));
  }

  async delete(key: string): Promise<void> {
    await this.#send({ operation: "DeleteObject", method: "DELETE", key });
  }

  list(prefix: string): AsyncGenerator<string> {
    // Asks for escaped keys, so that a regular expression can read the answer whatever the keys contain.
    const fixed = { "list-type": "2", "encoding-type": "url", prefix };
    return allPages(prefix, async (token) => {
      const query = { ...fixed, ...(token !== undefined && { "continuation-token": token }) };
      const { body } = await this.#send({ operation: "ListObjectsV2", method: "GET", key: "", query });
      const xml = body.toString();
      const keys = xml.matchAll(/<Key>([^<]*)<\/Key>/g);
      return {
        items: keys.map(([, key = ""]) => decodeURIComponent(key.replaceAll("+", " "))),
        next: textIn(xml, "NextContinuationToken"),
      };
    });
  }

  async #put(key: string, bytes: Uint8Array, condition: Condition = {}): Promise<void> {
    if (bytes.length > PART_BYTES) return this.#upload(key, inParts(allOf([bytes]), PART_BYTES), condition);
    await this.#send({
      ...{ operation: "PutObject", method: "PUT", key, body: bytes },
      headers: { ...checksumOf(bytes), "content-type": contentType(key), ...condition },
    });
  }

  #upload(key: string, parts: AsyncIterable<Uint8Array>, condition: Condition = {}): Promise<void> {
    const send = (request: ObjectRequest) => this.#send(request);
    return uploadParts(send, { key, contentType: contentType(key), condition }, parts);
  }

  #send({ key, ...request }: ObjectRequest): Promise<AwsResponse> {
    const path = key && `/${key.split("/").map(escaped).join("/")}`;
    return this.#client.send({ ...request, url: new URL(this.#address + path) });
  }
}

/**
 * The address of a bucket: below the endpoint if one is set, else a host of its own as AWS prefers. A bucket with dots
 * in its name has no such host, because no certificate would cover it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function bucketUrl(
  bucket: string,
  { endpoint, region }: Pick<AwsClient, "endpoint" | "region">,
): string {
  if (endpoint) return `${endpoint.replace(/\/$/, "")}/${bucket}`;
  const host = hostOf("s3", region);
  return bucket.includes(".") ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
}

async function* allOf<Value>(first: Iterable<Value>, rest?: AsyncIterable<Value>): AsyncGenerator<Value> {
  yield* first;
  if (rest) yield* rest;
}

function contentType(key: string): string {
  return CONTENT_TYPES[key.slice(key.lastIndexOf(".") + 1)] ?? "application/octet-stream";
}
