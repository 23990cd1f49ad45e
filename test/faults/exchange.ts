/** One request from a slot to the embedded cloud, taken from the network so that faults can have it. */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { crc32 } from "node:zlib";
import type { Emulator, InjectedAnswer, InjectedRequest } from "../../client/local/local-cloud.ts";
import type { Asked } from "./script.ts";

export interface Entry {
  readonly DelaySeconds?: number;
  readonly Id: string;
  readonly MessageBody: string;
}

export class Exchange {
  /** The slot that signed it, by its name, and the stage that it belongs to. */
  readonly slot: string;
  readonly stage: string;
  /** The operation of SQS; undefined for a request to S3. */
  readonly operation: string | undefined;
  readonly queueUrl: string;
  readonly entries: readonly Entry[];
  /** For S3: the object, or the prefix of a listing. */
  readonly key: string;
  readonly asked: Asked;
  readonly #request: InjectedRequest;
  readonly #response: ServerResponse;
  readonly #emulator: Emulator;

  private constructor(request: InjectedRequest, response: ServerResponse, emulator: Emulator) {
    this.#request = request;
    this.#response = response;
    this.#emulator = emulator;
    const { method, headers, payload } = request;
    this.slot = /\bCredential=([^/,\s]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
    this.stage = this.slot.replace(/-\d+$/, "");
    this.operation = String(headers["x-amz-target"] ?? "").split(".")[1];
    const { QueueUrl = "", Entries = [] } = this.operation ? JSON.parse(payload.toString()) : {};
    this.queueUrl = QueueUrl;
    this.entries = Entries;
    const url = new URL(request.url, "http://cloud");
    const isListing = url.searchParams.has("list-type");
    const path = decodeURIComponent(url.pathname.split("/").slice(2).join("/"));
    this.key = path || (url.searchParams.get("prefix") ?? "");
    this.asked = {
      operation: this.operation
        ? this.operation === "SendMessageBatch"
          ? "send"
          : "other"
        : isListing
          ? "other"
          : objectRequest(method),
      isConditional: headers["if-none-match"] !== undefined,
    };
  }

  static async read(
    request: IncomingMessage,
    response: ServerResponse,
    emulator: Emulator,
  ): Promise<Exchange> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { method = "GET", url = "/", headers } = request;
    const injected = {
      method: method as InjectedRequest["method"],
      url,
      headers,
      payload: Buffer.concat(parts),
    };
    return new Exchange(injected, response, emulator);
  }

  get isDelayed(): boolean {
    return this.entries.some(({ DelaySeconds = 0 }) => DelaySeconds > 0);
  }

  /** The headers that the sender signed, for a forger to try on another request. */
  get signed(): Readonly<IncomingHttpHeaders> {
    return this.#request.headers;
  }

  /** Has the request done. `change` is for doing another in its place. */
  async perform(change: Partial<InjectedRequest> = {}): Promise<InjectedAnswer> {
    const answer = await this.#emulator.inject({ ...this.#request, ...change });
    const { statusCode, headers, rawPayload } = answer;
    const wantsChecksum = this.#request.headers["x-amz-checksum-mode"] !== undefined && statusCode === 200;
    // As S3 does: it keeps the checksum of every PUT.
    return wantsChecksum ? { ...answer, headers: { ...headers, ...checksumOf(rawPayload) } } : answer;
  }

  /** Does the batch with these entries only, and answers for the others as `others` has it. */
  async performPart(
    part: readonly Entry[],
    others: "Failed" | "Successful",
    rest = this.entries.filter((entry) => !part.includes(entry)),
  ): Promise<InjectedAnswer> {
    const payload = Buffer.from(JSON.stringify({ QueueUrl: this.queueUrl, Entries: part }));
    // The hash that was signed is that of all of them.
    const { "x-amz-content-sha256": _, ...kept } = this.#request.headers;
    const headers = { ...kept, "content-length": `${payload.length}` };
    const done = part.length > 0 ? await this.perform({ payload, headers }) : undefined;
    const { Successful = [], Failed = [] } = done ? JSON.parse(done.rawPayload.toString()) : {};
    const answers = {
      Successful: [...Successful, ...(others === "Successful" ? rest.map(taken) : [])],
      Failed: [...Failed, ...(others === "Failed" ? rest.map(refused) : [])],
    };
    return { statusCode: 200, headers: JSON_TYPE, rawPayload: Buffer.from(JSON.stringify(answers)) };
  }

  /** Does the batch without its delays. */
  async performAtOnce(): Promise<InjectedAnswer> {
    const Entries = this.entries.map((entry) => ({ ...entry, DelaySeconds: 0 }));
    return this.performPart(Entries, "Successful", []);
  }

  /** The request's body is stored as another client's. */
  async storeAsAnother(): Promise<void> {
    const { "if-none-match": _, ...headers } = this.#request.headers;
    await this.perform({ headers });
  }

  reply({ statusCode, headers, rawPayload }: InjectedAnswer): void {
    const { "transfer-encoding": _, ...kept } = headers;
    const length = kept["content-length"] ?? rawPayload.length;
    this.#response.writeHead(statusCode, { ...kept, "content-length": length } as OutgoingHttpHeaders);
    this.#response.end(rawPayload);
  }

  async pass(): Promise<void> {
    this.reply(await this.perform());
  }

  refuse(statusCode: number, code: string): void {
    const json = JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: "a fault" });
    const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>a fault</Message></Error>`;
    const rawPayload = Buffer.from(this.operation ? json : xml);
    this.reply({
      statusCode,
      headers: this.operation ? JSON_TYPE : { "content-type": "application/xml" },
      rawPayload,
    });
  }

  reset(): void {
    this.#response.socket?.resetAndDestroy();
  }

  /** The answer's first half, and then nothing. */
  async cutShort({ statusCode, headers, rawPayload }: InjectedAnswer): Promise<void> {
    this.#response.writeHead(statusCode, {
      ...headers,
      "content-length": rawPayload.length,
    } as OutgoingHttpHeaders);
    this.#response.write(rawPayload.subarray(0, rawPayload.length >> 1));
    await sleep(5);
    this.reset();
  }
}

function objectRequest(method: string): Asked["operation"] {
  return method === "PUT" || method === "GET" ? method : "other";
}

const JSON_TYPE = { "content-type": "application/x-amz-json-1.0" };

export function checksumOf(bytes: Uint8Array): Record<string, string> {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return { "x-amz-checksum-crc32": sum.toString("base64") };
}

const taken = ({ Id }: Entry) => ({ Id, MessageId: Id, MD5OfMessageBody: "" });
const refused = ({ Id }: Entry) => ({
  Id,
  SenderFault: false,
  Code: "ServiceUnavailable",
  Message: "a fault",
});
