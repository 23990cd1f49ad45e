import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, type Hash } from "node:crypto";
import { type BuildAppOptions, buildApp } from "fauxqs";
import { UNUSABLE_OBJECT } from "../../shared/ports/aws/refused-read.ts";
import { inXml } from "../../shared/ports/aws/s3-wire.ts";
import type { Folder } from "../../shared/ports/file/folder.ts";
import { describeError, isPermanent } from "../../shared/validation/errors.ts";
import { BucketError, FolderBucket, notTheSignedBody } from "./folder-bucket.ts";
import { type Answer, frequentRequests } from "./frequent-requests.ts";
import { inject } from "./inject.ts";
import type { AnsweredRequest, Emulator, LocalCloud, LocalQueue } from "./local-cloud.ts";
import { answerSqs, SQS_JSON, type SqsRoute, sqsCallTo } from "./sqs-call.ts";

/** `If-None-Match` of the request that is being answered. */
const condition = new AsyncLocalStorage<string | undefined>();
const RETENTION_SECONDS = 14 * 24 * 3600;
/** The header that declares the body's SHA-256. */
const SIGNED_HASH = "x-amz-content-sha256";

type FauxqsApp = ReturnType<typeof buildApp>;

export interface EmulatorOptions {
  readonly queues: LocalCloud["queues"];
  /** The folder with the bucket's objects. */
  readonly folder: Folder;
  readonly visibilityTimeoutSeconds: number;
  readonly maxReceiveCount: number;
  /** Receives each answered request: tests compare the stages' requests with their policies. */
  readonly onAnswered?: ((request: AnsweredRequest) => void) | undefined;
}

/**
 * SQS in memory and S3 on disk, with the stack's queues; listens nowhere. Bundled by itself: loading one file takes
 * half the time of loading the five hundred of fauxqs and fastify.
 */
export async function makeEmulator({
  queues,
  folder,
  visibilityTimeoutSeconds,
  maxReceiveCount,
  onAnswered,
}: EmulatorOptions): Promise<Emulator> {
  // Only the object store is ours; fauxqs makes the other two itself, whatever its type says.
  const bucket = new FolderBucket(folder, () => condition.getStore() === "*");
  const stores = { s3Store: bucket } as unknown as NonNullable<BuildAppOptions["stores"]>;
  const app = buildApp({ logger: false, stores });
  app.setErrorHandler((error, request, reply) => {
    const { status, headers, text } = refusal(error);
    return reply
      .status(status)
      .headers(headers)
      .send(request.method === "HEAD" ? "" : text);
  });
  // The signature covers a hash of the body, but the door has seen the head alone.
  const hashes = new WeakMap<object, Hash>();
  app.addHook("preParsing", ({ raw, headers }, _, body, done) => {
    if (headers[SIGNED_HASH] !== undefined && raw.method !== "GET") {
      const hash = createHash("sha256");
      hashes.set(raw, hash);
      body.on("data", (part: Buffer) => hash.update(part));
    }
    done(null, body);
  });
  app.addHook("preHandler", ({ raw, headers }, _, done) => {
    const hash = hashes.get(raw)?.digest("hex");
    if (hash !== undefined && hash !== headers[SIGNED_HASH]) return done(notTheSignedBody());
    // fauxqs knows no conditional writes, and does not pass headers to the bucket.
    condition.run(headers["if-none-match"], done);
  });
  // The bucket answers within one turn of the event loop. Before a summary, the files that it vouches for are flushed
  // to disk, which may take longer.
  app.addHook("preHandler", async ({ method, params }) => {
    const { "*": key } = params as { readonly "*"?: string };
    if (method === "PUT" && key !== undefined) await folder.flushBefore(key);
  });
  if (onAnswered) {
    app.addHook("onResponse", async ({ method, url, headers, body }, { statusCode }) =>
      onAnswered({ method, url, headers, body, status: statusCode }),
    );
  }
  const route = await sqsRouteOf(app);
  const sqs = sqsCallTo(async (headers, body) => {
    const answer = await answerSqs(route, headers, body);
    onAnswered?.({ method: "POST", url: "/", headers, body, status: answer.status, answer: answer.body });
    return answer;
  });
  const create = ({ arn }: LocalQueue, Attributes: Record<string, string>) =>
    sqs("CreateQueue", { QueueName: arn.split(":").at(-1), Attributes });
  const { chunks, deadLetters, results, resultDeadLetters } = queues;
  for (const [queue, dead] of [
    [chunks, deadLetters],
    [results, resultDeadLetters],
  ] as const) {
    await create(dead, { MessageRetentionPeriod: `${RETENTION_SECONDS}` });
    await create(queue, {
      VisibilityTimeout: `${visibilityTimeoutSeconds}`,
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount }),
    });
  }
  const answers = frequentRequests({ bucket, folder, sqs: route, refusal, onAnswered });
  const routing: Emulator["routing"] = (request, response) => {
    if (!answers(request, response)) app.routing(request, response);
  };
  return {
    routing,
    close: () => app.close().then(() => bucket.close()),
    sqs,
    inject: (request) => inject(app.routing, request),
  };
}

/** What fauxqs answers SQS's requests with: fastify shows a request its route. */
async function sqsRouteOf(app: FauxqsApp): Promise<SqsRoute> {
  const { promise, resolve } = Promise.withResolvers<SqsRoute>();
  app.addHook("preHandler", ({ url, routeOptions }, _, done) => {
    if (url === "/") resolve(routeOptions.handler as unknown as SqsRoute);
    done();
  });
  await app.ready();
  const headers = { "content-type": SQS_JSON, "x-amz-target": "AmazonSQS.ListQueues", "content-length": "2" };
  await inject(app.routing, { method: "POST", url: "/", headers, payload: Buffer.from("{}") });
  return promise;
}

function refusal(error: unknown): Answer {
  const { code, status, message } = whatS3Says(error);
  const text = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { "content-type": "application/xml" }, text };
}

/**
 * S3's answer to an error. A key that no folder can have, or whose place is taken by something that is no file, is
 * refused with the name that S3 has for objects which cannot be used: asking again does not help, and stages know it by
 * that name.
 */
function whatS3Says(error: unknown): Pick<BucketError, "status" | "message"> & { readonly code: string } {
  if (error instanceof BucketError) return error;
  if (isPermanent(error)) return { code: UNUSABLE_OBJECT, status: 403, message: inXml(describeError(error)) };
  // For example a full disk: the stages' logs show no other cause.
  const { code = "" } = error as NodeJS.ErrnoException;
  return { code: "InternalError", status: 500, message: /^[A-Z]+$/.test(code) ? code : "" };
}
