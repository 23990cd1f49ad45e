import { hash, randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { type Duplex, Readable } from "node:stream";
import { makeDoor } from "./door.ts";
import { BUCKET, servedOperation } from "./served.ts";
import type { SqsCall } from "./sqs-call.ts";

export interface LocalQueue {
  readonly url: string;
  readonly arn: string;
}

/** The embedded SQS and S3 on a random port of the loopback interface. */
export interface LocalCloud {
  readonly bucket: string;
  readonly queues: Readonly<Record<"chunks" | "results" | "deadLetters" | "resultDeadLetters", LocalQueue>>;
  readonly endpoint: string;
  readonly region: string;
  /** This cloud's own secret: it lets in every request that is signed with it, under any key id. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Calls SQS from this process. */
  readonly sqs: SqsCall;
  /** Answers the requests on a connection that another server has accepted, such as one for TLS. */
  serve(connection: Duplex): void;
  close(): Promise<void>;
}

/** Answers requests from the network and from this process. */
export interface Emulator {
  routing(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<unknown>;
  readonly sqs: SqsCall;
  /** Answers a request from this process, or one that another server has read. */
  inject(request: InjectedRequest): Promise<InjectedAnswer>;
}

export interface InjectedRequest {
  readonly method: "DELETE" | "GET" | "HEAD" | "POST" | "PUT";
  readonly url: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly payload: Buffer;
}

export interface InjectedAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<OutgoingHttpHeaders>;
  readonly rawPayload: Buffer;
}

/** A request as a server's log would have it; `body` is parsed where it is JSON. */
export interface AnsweredRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly body: unknown;
  readonly status: number;
  /** SQS's answer, not yet written as JSON. */
  readonly answer?: object;
}

/** Stands between the door and the emulator, and answers a request as it likes. */
export type Intercept = (request: IncomingMessage, response: ServerResponse, emulator: Emulator) => void;

const REGION = "us-east-1";
/** The account that fauxqs plays. */
const ACCOUNT = "000000000000";
const SECRET_BYTES = 32;
const MOST_SQS_BYTES = 2 ** 20;
const BODY_HASH = "x-amz-content-sha256";

/**
 * Listens at once, so that slots can start with its address, and then loads the emulator, which takes longer than the
 * slots do: earlier requests wait for it. With `isForAnySdk` it takes requests to SQS whose head has no hash of their body, as most SDKs
 * send them; ours have one.
 */
export async function startLocalCloud(
  load: (queues: LocalCloud["queues"]) => Promise<Emulator>,
  intercept: Intercept = (request, response, { routing }) => routing(request, response),
  isForAnySdk = false,
): Promise<LocalCloud> {
  const { promise: emulator, resolve, reject } = Promise.withResolvers<Emulator>();
  const secretAccessKey = randomBytes(SECRET_BYTES).toString("base64url");
  const door = makeDoor(secretAccessKey, (head) => servedOperation(head) !== undefined);
  const serve = (request: IncomingMessage, response: ServerResponse, bodyHash?: string) => {
    if (!door(request, response, bodyHash)) return;
    if (bodyHash !== undefined) request.headers[BODY_HASH] = bodyHash;
    emulator.then(
      (app) => intercept(request, response, app),
      () => response.destroy(),
    );
  };
  const server = createServer((request, response) => {
    const hasNoHash = isForAnySdk && request.method === "POST" && request.headers[BODY_HASH] === undefined;
    if (!hasNoHash) return serve(request, response);
    readWhole(request).then(
      ({ copy, bodyHash }) => serve(copy, response, bodyHash),
      () => response.destroy(),
    );
  });
  // Never closes idle connections: the next request might already be on its way.
  server.keepAliveTimeout = 0;
  // Not fauxqs's own start function: it listens on all interfaces.
  await once(server.listen(0, "127.0.0.1"), "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const queue = (name: string): LocalQueue => ({
    url: `${endpoint}/${ACCOUNT}/${name}`,
    arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
  });
  const queues = {
    chunks: queue("chunks"),
    deadLetters: queue("chunks-dead"),
    results: queue("results"),
    resultDeadLetters: queue("results-dead"),
  };
  setImmediate(() => load(queues).then(resolve, reject));
  return {
    bucket: BUCKET,
    queues,
    endpoint,
    region: REGION,
    credentials: { accessKeyId: "local", secretAccessKey },
    sqs: async (action, input) => (await emulator).sqs(action, input),
    serve: (connection) => void server.emit("connection", connection),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await (await emulator).close();
    },
  };
}

/** The request with its body still to be read, and the body's hash. Rejects where the connection breaks, or the body is larger than SQS takes. */
async function readWhole(request: IncomingMessage): Promise<{ copy: IncomingMessage; bodyHash: string }> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > MOST_SQS_BYTES) throw new RangeError(`Expected at most ${MOST_SQS_BYTES} bytes.`);
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  const { method, url, headers, socket } = request;
  const copy = Object.assign(Readable.from([body]), { method, url, headers, socket });
  return { copy: copy as unknown as IncomingMessage, bodyHash: hash("sha256", body) };
}
