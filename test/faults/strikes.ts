/** What a fault of each kind does to a request. */
import { setTimeout as sleep } from "node:timers/promises";
import type { InjectedAnswer } from "../../client/local/local-cloud.ts";
import { checksumOf, type Exchange } from "./exchange.ts";
import type { FaultKind } from "./kinds.ts";

/** Answers the request; false where it was none that the fault could strike, and was answered as usual. */
type Strike = (exchange: Exchange, turn: number) => Promise<boolean>;

const refusal =
  (...codes: readonly (readonly [status: number, code: string])[]): Strike =>
  async (exchange, turn) => {
    const [status, code] = codes[turn % codes.length]!;
    exchange.refuse(status, code);
    return true;
  };

const reset: Strike = async (exchange) => {
  exchange.reset();
  return true;
};

const resetAfter: Strike = async (exchange) => {
  await exchange.perform();
  exchange.reset();
  return true;
};

/** For an answer with bytes only: what is not there cannot be spoilt. */
const spoilt =
  (spoil: (exchange: Exchange, answer: InjectedAnswer) => Promise<void> | void): Strike =>
  async (exchange) => {
    const answer = await exchange.perform();
    const isSpoilable = answer.statusCode === 200 && answer.rawPayload.length > 1;
    if (isSpoilable) await spoil(exchange, answer);
    else exchange.reply(answer);
    return isSpoilable;
  };

export const STRIKES: Partial<Record<FaultKind, Strike>> = {
  "SQS throttled": refusal([400, "ThrottlingException"], [400, "RequestThrottled"]),
  "SQS 5xx": refusal([500, "InternalError"], [503, "ServiceUnavailable"]),
  "SQS reset": reset,
  "SQS reset after send": resetAfter,
  "batch entry refused": async (exchange) => {
    const kept = exchange.entries.slice(0, exchange.entries.length >> 1);
    exchange.reply(await exchange.performPart(kept, "Failed"));
    return true;
  },
  "store 503 SlowDown": refusal([503, "SlowDown"]),
  "store 500": refusal([500, "InternalError"]),
  "store reset": reset,
  "store reset after PUT": resetAfter,
  "store slow": async (exchange, turn) => {
    await sleep(100 + 100 * (turn % 4));
    await exchange.pass();
    return true;
  },
  "read corrupt": spoilt((exchange, answer) =>
    exchange.reply({ ...answer, rawPayload: changed(answer.rawPayload) }),
  ),
  "read cut short": spoilt((exchange, answer) => exchange.cutShort(answer)),
  "chunk corrupt": spoilt((exchange, { headers, ...answer }) => {
    const rawPayload = changed(answer.rawPayload);
    exchange.reply({ ...answer, rawPayload, headers: { ...headers, ...checksumOf(rawPayload) } });
  }),
  "read refused": refusal([403, "AccessDenied"]),
  "PUT lost to another": async (exchange) => {
    await exchange.storeAsAnother();
    const answer = await exchange.perform();
    if (answer.statusCode === 412) exchange.reply(answer);
    else exchange.refuse(412, "PreconditionFailed");
    return true;
  },
  "PUT conflict": refusal([409, "ConditionalRequestConflict"]),
};

function changed(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = copy[middle]! ^ 0x10;
  return copy;
}
