import { randomUUID } from "node:crypto";
import { flushCompileCache } from "node:module";
import { UNUSABLE_OBJECT } from "../../shared/ports/aws/refused-read.ts";
import { isPermanent } from "../../shared/validation/errors.ts";

/**
 * The program in a slot's process: loads one built bundle as Lambda would and runs its handler on each event
 * that comes over IPC. It ends with its parent, whatever ended that: while it computes, guard.js sees to it.
 */

export interface Invocation {
  readonly event: unknown;
  readonly timeoutMs: number;
}

export type SlotMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "response"; readonly response: unknown }
  | {
      readonly kind: "error";
      readonly errorType: string;
      readonly errorMessage: string;
      /** True where the handler would say the same again. */
      readonly permanent: boolean;
    };

type Handler = (event: unknown, context: object) => Promise<unknown>;

const [bundle = "", logStreamName = ""] = process.argv.slice(2);
const send = (message: SlotMessage) => process.send?.(message);

process.on("disconnect", () => process.exit());
// What is typed, and that the terminal is gone, reaches the whole process group; whether a slot stops is its parent's decision.
for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT"]) process.on(signal, () => {});
// A log that cannot be written, on a full disk say, is no reason not to compute.
for (const log of [process.stdout, process.stderr]) log.on("error", () => {});

const { handler } = require(bundle) as { handler: Handler };
// A slot is ended, it does not exit: what was compiled would never be written.
flushCompileCache();
send({ kind: "ready" });

process.on("message", ({ event, timeoutMs }: Invocation) => {
  const deadlineMs = performance.now() + timeoutMs;
  const context = {
    awsRequestId: randomUUID(),
    logStreamName,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadlineMs - performance.now(),
  };
  handler(event, context).then(
    (response) => send({ kind: "response", response }),
    (error: unknown) => {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      // A newer version does not pass here, where no deployment is under way.
      const permanent = isPermanent(error) || isRefused(error) || name === "NewerVersionError";
      send({ kind: "error", errorType: name, errorMessage: message, permanent });
    },
  );
});

/** The embedded cloud answers so what it would answer each time: a folder lies in an object's place, say. */
function isRefused(error: unknown): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === UNUSABLE_OBJECT;
}
