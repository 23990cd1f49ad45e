import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Folder } from "../../shared/ports/file/folder.ts";
import { type FolderBucket, notTheSignedBody } from "./folder-bucket.ts";
import type { AnsweredRequest } from "./local-cloud.ts";
import { BUCKET } from "./served.ts";
import { hasSignedHash } from "./signature.ts";
import { answerSqs, SQS_JSON, type SqsRoute } from "./sqs-call.ts";

/** The stages' keys need no escapes. */
const OBJECT = new RegExp(`^/${BUCKET}/([A-Za-z0-9._/-]+)$`);
/** The stages' objects and batches are smaller; fastify refuses what is too large. */
const MOST_BYTES = 9 * 2 ** 20;
/** A PUT with one of these is another operation, or has other bytes. */
const OTHER_PUTS = ["x-amz-copy-source", "content-encoding"] as const;

interface FrequentOptions {
  readonly bucket: FolderBucket;
  readonly folder: Folder;
  readonly sqs: SqsRoute;
  /** S3's answer to a thrown error. */
  readonly refusal: (error: unknown) => Answer;
  readonly onAnswered: ((request: AnsweredRequest) => void) | undefined;
}

/** An answer as it goes over the network. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** With what a listener is told: the request's body, parsed where it is SQS's, and SQS's answer. */
type Operation = (
  bytes: Buffer,
  headers: Readonly<IncomingHttpHeaders>,
) => Promise<Answer & Pick<AnsweredRequest, "body" | "answer">>;

/**
 * Answers the requests that come with every chunk (storing an object, and all of SQS's) without fastify, which takes a
 * third of their time. Returns false for any other request, which then goes to fastify.
 */
export function frequentRequests({ bucket, folder, sqs, refusal, onAnswered }: FrequentOptions) {
  const callSqs: Operation = async (bytes, headers) => {
    const body: unknown = JSON.parse(bytes.toString());
    const { body: answer, ...head } = await answerSqs(sqs, headers, body);
    return { ...head, text: JSON.stringify(answer), body, answer };
  };
  const storeAs =
    (key: string): Operation =>
    async (bytes, headers) => {
      await folder.flushBefore(key);
      const { etag } = bucket.store(key, bytes, headers["if-none-match"] === "*");
      return { status: 200, headers: { etag }, text: "", body: bytes };
    };

  const operationOf = ({ method, url = "", headers }: IncomingMessage): Operation | undefined => {
    if (!(Number(headers["content-length"]) <= MOST_BYTES)) return undefined;
    if (method === "POST" && url === "/" && headers["content-type"] === SQS_JSON) return callSqs;
    const key = method === "PUT" ? OBJECT.exec(url)?.[1] : undefined;
    const isOther = key === undefined || OTHER_PUTS.some((name) => name in headers);
    return isOther ? undefined : storeAs(key);
  };

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const operation = operationOf(request);
    if (!operation) return false;
    const { method = "", url = "", headers } = request;
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    // A connection that breaks before its body is complete gets no answer: "end" never comes.
    request.on("end", async () => {
      const [first = Buffer.alloc(0)] = parts;
      const bytes = parts.length > 1 ? Buffer.concat(parts) : first;
      const refused = (error: unknown) => ({ ...refusal(error), body: bytes, answer: undefined });
      const answered = hasSignedHash(request, bytes)
        ? await operation(bytes, headers).catch(refused)
        : refused(notTheSignedBody());
      const { status, text, body, answer } = answered;
      response.writeHead(status, { ...answered.headers, "content-length": Buffer.byteLength(text) });
      response.end(text);
      onAnswered?.({ method, url, headers, body, status, ...(answer && { answer }) });
    });
    return true;
  };
}
