import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { SignatureV4 } from "@smithy/signature-v4";
import { TooLargeError } from "../../validation/errors.ts";
import type { AskedSoFar } from "./asked.ts";
import { AwsError, isRefusal, isTransient } from "./aws-error.ts";
import { Sha256 } from "./sha256.ts";
import { makeTransport, type Transport } from "./transport.ts";

export interface AwsClientOptions {
  readonly service: "s3" | "sqs" | "lambda" | "events";
  readonly region: string;
  /** The address of the service, if it is not AWS's own. */
  readonly endpoint: string | undefined;
  readonly credentials: () => Promise<Credentials>;
  /** The limits (ms) of a connection's silence, in both directions, and of a whole attempt. */
  readonly silenceMs?: number;
  readonly longestMs?: number;
  /** Makes connections in the place of sockets. */
  readonly connect?: () => Duplex;
  /** Notes each attempt. */
  readonly asked?: AskedSoFar;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface AwsRequest {
  /** AWS's name of the operation, for errors and logs. */
  readonly operation: string;
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** Scheme, host, port and path, not yet escaped. */
  readonly url: URL;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Repeated only if the service surely did not take it: for requests that must not be executed twice. */
  readonly isOnce?: boolean;
  /** An answer with more bytes is an error. Default MOST_ANSWER_BYTES. */
  readonly mostBytes?: number;
  /** The fault of a complete answer, or undefined; a faulty answer makes the client repeat the request. */
  readonly fault?: (answer: AwsResponse) => string | undefined;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
const SILENCE_MS = 20_000;
/** Enough for the largest chunk at half a megabyte a second. */
const LONGEST_MS = 120_000;
/** Except objects, the largest answers are ten messages, or a page of a listing. */
const MOST_ANSWER_BYTES = 16 * 2 ** 20;

/**
 * Signed requests to one AWS service over kept-alive connections, repeated after failures that may pass. The stages use
 * a few operations of S3, SQS, Lambda and EventBridge; the SDK's clients are 430 KB, which take 100 ms of every cold start to load.
 * @example
 * const client = new AwsClient({ service: "s3", region: "eu-central-1", endpoint: undefined, credentials });
 * const { body } = await client.send({ operation: "GetObject", method: "GET", url });
 */
export class AwsClient {
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly #service: string;
  readonly #credentials: AwsClientOptions["credentials"];
  readonly #silenceMs: number;
  readonly #longestMs: number;
  readonly #connect: AwsClientOptions["connect"];
  readonly #asked: AwsClientOptions["asked"];
  #latest: { readonly identity: string; readonly signer: SignatureV4 } | undefined;
  readonly #transports = new Map<string, Transport>();

  constructor(options: AwsClientOptions) {
    const { service, region, endpoint, credentials } = options;
    this.#silenceMs = options.silenceMs ?? SILENCE_MS;
    this.#longestMs = options.longestMs ?? LONGEST_MS;
    this.#connect = options.connect;
    this.#asked = options.asked;
    this.region = region;
    this.endpoint = endpoint;
    this.#service = service;
    this.#credentials = credentials;
    // Loaded before the first request: this is part of a cold start, and not of a message's time.
    this.#transport(URL.parse(endpoint ?? "https://")?.protocol ?? "https:");
  }

  /** Returns an answer with a status below 300. Throws AwsError and TooLargeError. */
  async send(request: AwsRequest): Promise<AwsResponse> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(request);
      } catch (error) {
        const mayHelp = request.isOnce ? isRefusal : isTransient;
        if (!(error instanceof AwsError && mayHelp(error)) || attempt === ATTEMPTS) throw error;
        await pauseAfter(attempt);
      }
    }
  }

  /** Opens a connection to this address at once, which the first request takes over. It sends nothing. */
  prepare(address: string): void {
    const url = new URL(address);
    this.#transport(url.protocol).prepare(url);
  }

  /** Closes idle connections. */
  close(): void {
    for (const { agent } of this.#transports.values()) agent.destroy();
  }

  async #attempt(request: AwsRequest): Promise<AwsResponse> {
    const operation = `${this.#service} ${request.operation}`;
    this.#asked?.note(this.#service, request);
    const { headers, path } = await this.#sign(request);
    const answer = await this.#exchange(request, path, headers).catch((error: NodeJS.ErrnoException) => {
      if (error instanceof TooLargeError) throw error;
      throw new AwsError(operation, 0, error.code ?? error.name, error.message, { cause: error });
    });
    if (answer.status < 300) {
      const fault = request.fault?.(answer);
      if (fault === undefined) return answer;
      throw new AwsError(operation, 0, "BadAnswer", fault);
    }
    const { code, message } = faultIn(answer);
    throw new AwsError(operation, answer.status, code, message);
  }

  async #sign({ method, url, query = {}, headers = {}, body }: AwsRequest) {
    const signed = await (await this.#signer()).sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: { ...query },
      headers: { ...headers, host: url.host },
      body,
    });
    const pairs = Object.entries(query).map((pair) => pair.map(escaped).join("="));
    return { headers: signed.headers, path: url.pathname + (pairs.length > 0 ? `?${pairs.join("&")}` : "") };
  }

  /** One signer as long as the keys stay the same: it remembers the day's signing key. */
  async #signer(): Promise<SignatureV4> {
    const { accessKeyId, secretAccessKey, sessionToken } = await this.#credentials();
    const identity = `${accessKeyId} ${sessionToken ?? ""}`;
    if (this.#latest?.identity === identity) return this.#latest.signer;
    const signer = new SignatureV4({
      service: this.#service,
      region: this.region,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
      sha256: Sha256,
      // S3 signs the path as it is; every other service escapes it once more.
      uriEscapePath: this.#service !== "s3",
    });
    this.#latest = { identity, signer };
    return signer;
  }

  #transport(protocol: string): Transport {
    const known = this.#transports.get(protocol);
    if (known) return known;
    const transport = makeTransport(protocol, this.#connect);
    this.#transports.set(protocol, transport);
    return transport;
  }

  #exchange(
    { operation, method, url, body, mostBytes = MOST_ANSWER_BYTES }: AwsRequest,
    path: string,
    headers: Record<string, string>,
  ): Promise<AwsResponse> {
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    return new Promise((resolve, reject) => {
      const { request, agent } = this.#transport(url.protocol);
      const sent = request({
        ...{ method, path, host: url.hostname, port: url.port },
        agent,
        headers: { ...headers, "content-length": `${length}` },
        timeout: this.#silenceMs,
      });
      const giveUp = () => sent.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }));
      sent.on("timeout", giveUp);
      // A limit on the whole attempt: an answer that comes byte by byte is never silent.
      const longest = setTimeout(giveUp, this.#longestMs);
      sent.on("close", () => clearTimeout(longest));
      sent.on("error", reject);
      sent.on("response", (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on("data", (part: Buffer) => {
          parts.push(part);
          bytes += part.length;
          if (bytes <= mostBytes) return;
          reject(new TooLargeError(`the answer to ${this.#service} ${operation} ${url.pathname}`, mostBytes));
          sent.destroy();
        });
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        );
      });
      sent.end(body);
    });
  }
}

/**
 * Full jitter, so that workers which were throttled together do not retry together:
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export async function pauseAfter(attempt: number): Promise<void> {
  await sleep(Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
}

/** Escapes as signatures need it: all characters but letters, digits and - . _ ~ */
export function escaped(text: string): string {
  const code = (letter: string) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, code);
}

/** S3 answers in XML, SQS in JSON; a server between them and us, such as a proxy, may use neither. */
function faultIn({ status, headers, body }: AwsResponse): { code: string; message: string } {
  const text = body.toString();
  const inXml = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  try {
    const { __type = "", message, Message } = JSON.parse(text) as Record<string, string>;
    if (__type) return { code: __type.slice(__type.indexOf("#") + 1), message: message ?? Message ?? "" };
  } catch {
    // not JSON
  }
  const fallback = String(headers["x-amzn-errortype"] ?? `Http${status}`);
  return { code: inXml("Code") ?? fallback, message: inXml("Message") ?? text.slice(0, 200) };
}
