import { randomUUID } from "node:crypto";
import { UNUSABLE_OBJECT } from "../../shared/ports/aws/refused-read.ts";
import { isPermanent } from "../../shared/validation/errors.ts";
import { loadCompiled } from "../../tools/bundling/load-compiled.js";

/**
 * The program in a slot's process: loads one built bundle as Lambda would and runs its handler on each event that comes
 * over IPC. It ends with its parent, however that ends: while it computes, guard.js kills it.
 */

export interface Invocation {
  readonly event: unknown;
  readonly timeoutMs: number;
}

/** `tookMs` is what the process needed to start, or for the event, by itself: that its parent is busy is billed nowhere. */
export type SlotMessage =
  | { readonly kind: "ready"; readonly tookMs?: number }
  | { readonly kind: "response"; readonly tookMs?: number; readonly response: unknown }
  | {
      readonly kind: "error";
      readonly tookMs?: number;
      readonly errorType: string;
      readonly errorMessage: string;
      /** True if the handler would fail the same way again. */
      readonly permanent: boolean;
    };

type Handler = (event: unknown, context: object) => Promise<unknown>;

const [bundle = "", logStreamName = ""] = process.argv.slice(2);
const send = (message: SlotMessage) => process.send?.(message);

process.on("disconnect", () => process.exit());
// Ctrl-C, and the end of the terminal, reach the whole process group; only the parent decides whether a slot stops.
for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT"]) process.on(signal, () => {});
// Computing goes on if a log cannot be written, for example on a full disk.
for (const log of [process.stdout, process.stderr]) log.on("error", () => {});

const { exports, keep } = loadCompiled(bundle, "slot");
const { handler } = exports as { handler: Handler };
// Lambda's runtime, too, asks for the first event a turn of the event loop after loading.
setImmediate(() => send({ kind: "ready", tookMs: 1000 * process.uptime() }));

process.on("message", ({ event, timeoutMs }: Invocation) => {
  const beganMs = performance.now();
  const deadlineMs = beganMs + timeoutMs;
  const tookMs = () => performance.now() - beganMs;
  const context = {
    awsRequestId: randomUUID(),
    logStreamName,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadlineMs - performance.now(),
  };
  handler(event, context).then(
    (response) => {
      send({ kind: "response", tookMs: tookMs(), response });
      keep(); // now: the parent kills a slot
    },
    (error: unknown) => {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      // A newer version stays newer here, where no deployment is under way.
      const permanent = isPermanent(error) || isRefused(error) || name === "NewerVersionError";
      send({ kind: "error", tookMs: tookMs(), errorType: name, errorMessage: message, permanent });
    },
  );
});

/** Errors that the embedded cloud would repeat each time, such as a folder in an object's place. */
function isRefused(error: unknown): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === UNUSABLE_OBJECT;
}
