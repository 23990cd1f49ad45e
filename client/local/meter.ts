import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { STAGES, type Stage } from "../../shared/build/bundling.ts";
import { billedMs, billedRequests, gbSecondsOf, PLATFORM_LOG_BYTES } from "../../shared/plan/bill.ts";
import { sqsUnits } from "../../shared/ports/request-limits.ts";
import type { Usage } from "../../shared/record/cost.ts";
import type { Requests } from "../../shared/record/plan.ts";
import type { AnsweredRequest, LocalCloud } from "./local-cloud.ts";
import { servedOperation } from "./served.ts";
import type { Billed } from "./slot.ts";

/** What one stage asked for and ran. */
export interface Metered {
  /** As the plan counts them, see shared/plan/requests.ts. */
  readonly requests: Requests;
  /** Receives that brought nothing, which `requests.receive` counts too. */
  readonly emptyReceives: number;
  /** Messages that were handed back to wait, each a request of its own. */
  readonly postponed: number;
  /** Units that SQS bills beyond one a request. */
  readonly largeUnits: number;
  readonly billedMs: number;
}

type Kind = keyof Requests | "postpone";
type Tally = { -readonly [Name in keyof Metered]: Metered[Name] } & {
  requests: { -readonly [Name in keyof Requests]: number };
};

/** What each operation counts as; those that are missing here cost nothing. */
const KINDS: Readonly<Record<string, Kind>> = {
  ListObjectsV2: "list",
  GetObject: "get",
  PutObject: "put",
  CreateMultipartUpload: "put",
  UploadPart: "put",
  CompleteMultipartUpload: "put",
  SendMessageBatch: "send",
  ReceiveMessage: "receive",
  DeleteMessageBatch: "delete",
  ChangeMessageVisibility: "postpone",
  GetQueueAttributes: "depth",
};
const CREDENTIAL = "Credential=";

/**
 * Counts what a job causes in the embedded cloud, by stage: a slot's requests have its stage as key id, and the event sources'
 * are those of the mapping that AWS bills to the queue's consumer. Requests of the client are not counted.
 */
export class Meter {
  readonly stages: Readonly<Record<Stage, Metered>>;
  readonly #tallies: Readonly<Record<Stage, Tally>>;
  readonly #consumers = new Map<unknown, Stage>();
  readonly #logs: string;
  readonly #logBytesBefore: Readonly<Record<Stage, number>>;

  /** `logs` is the folder of the slots' logs. */
  constructor(logs: string) {
    this.#tallies = { splitter: nothing(), worker: nothing(), aggregator: nothing() };
    this.stages = this.#tallies;
    this.#logs = logs;
    this.#logBytesBefore = logBytesIn(logs);
  }

  /** To be called before the first request. Nothing consumes the results' dead letters. */
  watch({ chunks, results, deadLetters }: LocalCloud["queues"]): void {
    this.#consumers
      .set(chunks.url, "worker")
      .set(results.url, "aggregator")
      .set(deadLetters.url, "aggregator");
  }

  /** One request that the cloud has answered. Called for each: it must be cheap. */
  answered(request: AnsweredRequest): void {
    const { headers, body, answer } = request;
    const kind = KINDS[servedOperation(request) ?? ""];
    if (kind === undefined || request.status >= 500) return;
    const tally = this.#tallyOf(headers.authorization, kind, body);
    if (!tally) return;
    if (kind === "postpone") tally.postponed++;
    else tally.requests[kind]++;
    if (kind === "send") tally.largeUnits += sqsUnits(payloadOf(body, "Entries", "MessageBody")) - 1;
    if (kind === "receive") {
      const bytes = payloadOf(answer, "Messages", "Body");
      if (bytes === 0) tally.emptyReceives++;
      tally.largeUnits += sqsUnits(bytes) - 1;
    }
  }

  /** An invocation of a stage that ended, however it did. */
  invoked(stage: Stage, { durationMs, initMs }: Billed): void {
    const tally = this.#tallies[stage];
    tally.requests.invocations++;
    tally.billedMs += billedMs(durationMs, initMs);
  }

  /** What AWS would have billed for it on functions with these memories (MB). */
  usages(memoryMb: Readonly<Record<Stage, number>>): Readonly<Record<Stage, Usage>> {
    const written = logBytesIn(this.#logs);
    const usageOf = (stage: Stage): Usage => {
      const { requests, largeUnits, postponed, billedMs: ms } = this.#tallies[stage];
      return {
        gbSeconds: gbSecondsOf(ms, memoryMb[stage]),
        requests: billedRequests(requests, largeUnits + postponed),
        logBytes:
          Math.max(0, written[stage] - this.#logBytesBefore[stage]) +
          PLATFORM_LOG_BYTES * requests.invocations,
      };
    };
    return { splitter: usageOf("splitter"), worker: usageOf("worker"), aggregator: usageOf("aggregator") };
  }

  #tallyOf(authorization: string | undefined, kind: Kind, body: unknown): Tally | undefined {
    if (authorization !== undefined) {
      const from = authorization.indexOf(CREDENTIAL) + CREDENTIAL.length;
      return this.#tallies[authorization.slice(from, authorization.indexOf("/", from)) as Stage];
    }
    // The client looks how full the queues are; the rest is the mappings'.
    const consumer = this.#consumers.get((body as { readonly QueueUrl?: unknown }).QueueUrl);
    return kind === "depth" || !consumer ? undefined : this.#tallies[consumer];
  }
}

const nothing = (): Tally => ({
  requests: { invocations: 0, send: 0, receive: 0, delete: 0, depth: 0, put: 0, get: 0, list: 0 },
  ...{ emptyReceives: 0, postponed: 0, largeUnits: 0, billedMs: 0 },
});

/** The characters of a batch's messages: ours are ASCII but for a word here and there. */
function payloadOf(batch: unknown, list: string, field: string): number {
  const messages = (batch as Readonly<Record<string, unknown>> | undefined)?.[list];
  if (!Array.isArray(messages)) return 0;
  return messages.reduce((sum: number, message) => sum + String(message[field]).length, 0);
}

function logBytesIn(folder: string): Record<Stage, number> {
  const bytes = { splitter: 0, worker: 0, aggregator: 0 };
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // The first run makes it.
  }
  for (const stage of STAGES)
    for (const name of names) if (name.startsWith(`${stage}-`)) bytes[stage] += fileBytes(join(folder, name));
  return bytes;
}

/** What is no file is no log: the slot whose place it takes refuses it. */
function fileBytes(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : 0;
}
