/** Every kind of fault that the campaign knows, where it strikes and what it costs. */

/** Where a fault strikes: a delivery, requests for one chunk, a stage's requests, a result message, a stage's process, or the fleet. */
type Place = "delivery" | "chunk" | "request" | "result" | "splitter" | "aggregator" | "fleet";

export interface Kind {
  /** Where plans put it. */
  readonly places: readonly Place[];
  /** True where a delivery, or the requests of one, that it strikes comes to nothing that counts: the message comes again. */
  readonly costsDelivery?: boolean;
  /** True where a request that it strikes fails, so that its client has one attempt less. */
  readonly costsAttempt?: boolean;
  /** Which requests it is about; "any" of the store's, and of a chunk's its PUTs. */
  readonly requests?: "send" | "any" | "PUT" | "conditional PUT" | "GET";
  /** How it is injected, for docs/reliability.md. */
  readonly how: string;
}

export const KINDS = {
  "duplicate delivery": {
    places: ["delivery", "result"],
    how: "the same record is handed to the function twice at the same time",
  },
  "reordered delivery": { places: ["fleet"], how: "the event sources draw the next message by the seed" },
  "delayed delivery": {
    places: ["delivery", "result"],
    how: "a received message is held back for 50 to 400 ms",
  },
  "visibility expired": {
    places: ["delivery", "result"],
    costsDelivery: true,
    how: "the message is made visible again as its function begins; another worker gets it meanwhile",
  },
  "receive burnt": {
    places: ["delivery", "result"],
    costsDelivery: true,
    how: "a received message reaches no function and comes again with a higher count, as after a throttled Invoke",
  },
  "delete lost": {
    places: ["delivery", "result"],
    costsDelivery: true,
    how: "DeleteMessageBatch is answered with success and not done; the message comes again",
  },
  "batch entry refused": {
    places: ["request"],
    requests: "send",
    how: "SendMessageBatch takes some entries and answers Failed for the others",
  },
  "SQS throttled": {
    places: ["request"],
    costsAttempt: true,
    requests: "send",
    how: "400 ThrottlingException or RequestThrottled in place of SendMessageBatch",
  },
  "SQS 5xx": {
    places: ["request"],
    costsAttempt: true,
    requests: "send",
    how: "500 or 503 in place of SendMessageBatch",
  },
  "SQS reset": {
    places: ["request"],
    costsAttempt: true,
    requests: "send",
    how: "the connection is reset before SendMessageBatch is done",
  },
  "SQS reset after send": {
    places: ["request"],
    costsAttempt: true,
    requests: "send",
    how: "the connection is reset after SendMessageBatch was done: the client sends again",
  },
  "report refused": {
    places: ["delivery"],
    costsDelivery: true,
    how: "every SendMessageBatch of one delivery's report is answered 503",
  },
  "store 503 SlowDown": {
    places: ["chunk", "request"],
    costsAttempt: true,
    requests: "any",
    how: "503 SlowDown in place of the request",
  },
  "store 500": {
    places: ["chunk", "request"],
    costsAttempt: true,
    requests: "any",
    how: "500 InternalError in place of the request",
  },
  "store reset": {
    places: ["chunk", "request"],
    costsAttempt: true,
    requests: "any",
    how: "the connection is reset before the object is stored or read",
  },
  "store reset after PUT": {
    places: ["chunk", "request"],
    costsAttempt: true,
    requests: "PUT",
    how: "the object is stored, then the connection is reset",
  },
  "store slow": { places: ["chunk", "request"], requests: "any", how: "the answer comes 100 to 400 ms late" },
  "read corrupt": {
    places: ["chunk", "request"],
    requests: "GET",
    how: "a byte of a GET's answer is changed under S3's own x-amz-checksum-crc32",
  },
  "read cut short": {
    places: ["chunk", "request"],
    requests: "GET",
    how: "a GET's answer ends half-way and the connection with it",
  },
  "chunk corrupt": {
    places: ["chunk"],
    requests: "GET",
    how: "a GET answers a changed chunk whose S3 checksum fits: only the chunk's crc32c can tell",
  },
  "PUT lost to another": {
    places: ["chunk"],
    requests: "conditional PUT",
    how: "a foreign copy of the same bytes is stored just before a PUT with If-None-Match, which is answered 412",
  },
  "PUT conflict": {
    places: ["chunk"],
    costsAttempt: true,
    requests: "conditional PUT",
    how: "409 ConditionalRequestConflict in place of a PUT with If-None-Match",
  },
  "worker killed before compute": {
    places: ["delivery"],
    costsDelivery: true,
    how: "SIGKILL as the slot is given the event",
  },
  "worker killed in kernel": {
    places: ["delivery"],
    costsDelivery: true,
    how: "SIGKILL some milliseconds after that, while the kernel runs and before any PUT",
  },
  "worker killed before store": {
    places: ["chunk"],
    costsDelivery: true,
    requests: "PUT",
    how: "SIGKILL at the PUT of the chunk, which is not done",
  },
  "worker killed before report": {
    places: ["delivery"],
    costsDelivery: true,
    how: "SIGKILL at the SendMessageBatch of the report, which is not done; the chunks are stored",
  },
  "worker killed before acknowledge": {
    places: ["delivery"],
    costsDelivery: true,
    how: "SIGKILL after the report was sent, before its answer",
  },
  "worker out of memory": {
    places: ["delivery"],
    costsDelivery: true,
    how: "the delivery goes to a slot with 8 MB of heap, with 4 MB of attributes on its record: V8 aborts",
  },
  "worker hung": {
    places: ["delivery"],
    costsDelivery: true,
    how: "SIGSTOP as the slot is given the event, until the function's timeout kills it",
  },
  "worker failed at init": {
    places: ["delivery"],
    costsDelivery: true,
    how: "the delivery goes to a slot whose BUCKET is empty",
  },
  "worker slow": {
    places: ["fleet"],
    how: "one slot is stopped for 20 of every 30 ms by SIGSTOP and SIGCONT",
  },
  "splitter killed": {
    places: ["splitter"],
    how: "SIGKILL at a SendMessageBatch of which half was done; the client submits the same request again",
  },
  "aggregator killed": {
    places: ["aggregator"],
    how: "SIGKILL at one of its PUTs, before or after it was done",
  },
  "message lost": {
    places: ["delivery"],
    how: "an entry of the splitter's SendMessageBatch is answered as sent and never arrives",
  },
  "report lost": {
    places: ["delivery"],
    how: "a report's SendMessageBatch is answered as done and never arrives",
  },
  "read refused": {
    places: ["chunk"],
    requests: "GET",
    how: "403 AccessDenied in place of each GET of a stored chunk: it fails, and is named with that reason",
  },
  "nobody at work": {
    places: ["fleet"],
    how: "no worker receives until the last of all checks was delivered, which must settle nothing while messages wait",
  },
  "forged request": {
    places: ["fleet"],
    how: "every 50 ms a request that is unsigned, signed wrongly or for something else, or a page's: 403, and nothing changes",
  },
} as const satisfies Record<string, Kind>;

export type FaultKind = keyof typeof KINDS;
export const FAULT_KINDS = Object.keys(KINDS) as FaultKind[];

export const kindOf = (kind: FaultKind): Kind => KINDS[kind];

/** Reads that may succeed when they are tried again. */
export const READS: readonly FaultKind[] = FAULT_KINDS.filter(
  (kind) => kindOf(kind).requests === "GET" && kind !== "read refused",
);
/** About PUTs with If-None-Match. */
export const CONDITIONAL: readonly FaultKind[] = ["PUT lost to another", "PUT conflict"];
/** Found by the aggregator's check, which issues again what was lost. */
export const LOSSES: readonly FaultKind[] = ["message lost", "report lost"];
