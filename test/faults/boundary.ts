/** Requests of the slots meet faults here, on their way to the embedded cloud. */
import { parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import type { Exchange } from "./exchange.ts";
import type { Fault } from "./plan.ts";
import type { Scene, Slot } from "./scene.ts";
import { STRIKES } from "./strikes.ts";

const PART_OF_LIMIT = /\/spend\/(?:seat|coin)-/;

/** Answers the request, or does with it what a fault wants. `slot` made it. */
export async function serve(
  exchange: Exchange,
  scene: Scene,
  slot: Slot | undefined,
  resultQueueUrl: string,
): Promise<void> {
  const { asked, key, stage, queueUrl } = exchange;
  const isSend = asked.operation === "send";
  if (!slot || (!isSend && !key.startsWith(scene.prefix))) return exchange.pass();
  if (PART_OF_LIMIT.test(key) && asked.operation === "PUT") scene.pays(slot);
  const isReport = isSend && queueUrl === resultQueueUrl;
  if (PART_OF_LIMIT.test(key) && scene.grantsAll && asked.operation === "PUT")
    return exchange.reply({ statusCode: 200, headers: {}, rawPayload: Buffer.alloc(0) });
  // Time passes by injection only: what waits for a seat of a limit comes back at once.
  if (exchange.isDelayed && stage === "worker") return exchange.reply(await exchange.performAtOnce());
  if (stage === "worker" && isReport && (await meetsReportFault(exchange, scene, slot))) return;
  if (stage === "splitter" && isSend && !isReport && (await meetsSplitterFault(exchange, scene, slot)))
    return;
  if (stage === "aggregator" && asked.operation === "PUT") {
    const fault = scene.script.stage("aggregator");
    if (fault?.done) await exchange.perform();
    if (fault) return die(exchange, scene, slot, fault);
  }
  const fault = chunkFault(exchange, scene) ?? scene.script.request(stage, asked);
  if (!fault) await exchange.pass();
  else if (fault.kind === "worker killed before store") return die(exchange, scene, slot, fault);
  else await strike(exchange, scene, fault);
  if (asked.operation === "PUT") scene.stored(slot);
}

/**
 * The fault for a request of a chunk: planned faults meet its workers; an unreadable chunk is refused to every stage.
 */
function chunkFault({ asked, key, stage }: Exchange, scene: Scene): Fault | undefined {
  const chunk = scene.chunkOf(key);
  const fault = chunk === undefined ? undefined : scene.script.chunk(chunk, asked);
  return stage === "worker" || fault?.kind === "read refused" ? fault : undefined;
}

async function strike(exchange: Exchange, { script }: Scene, fault: Fault): Promise<void> {
  const turn = script.struck.get(fault) ?? 0;
  const { strike, miss } = script.reserve(fault);
  if (await STRIKES[fault.kind]?.(exchange, turn)) strike();
  else miss();
}

/** Kills the slot that made the request: no process waits for its answer any more. */
function die(exchange: Exchange, scene: Scene, slot: Slot, fault: Fault): void {
  scene.script.strike(fault);
  scene.kill(slot);
  exchange.reset();
}

/** What is planned for the delivery that this is the report of. */
async function meetsReportFault(exchange: Exchange, scene: Scene, slot: Slot): Promise<boolean> {
  const fault = scene.faultAt(slot);
  if (!fault) return false;
  switch (fault.kind) {
    case "worker killed before report":
      die(exchange, scene, slot, fault);
      return true;
    case "worker killed before acknowledge":
      await exchange.perform();
      die(exchange, scene, slot, fault);
      return true;
    case "report refused":
      if (!scene.script.struck.has(fault)) scene.script.strike(fault);
      exchange.refuse(503, "ServiceUnavailable");
      return true;
    case "report lost":
      scene.script.strike(fault);
      exchange.reply(await exchange.performPart([], "Successful"));
      return true;
    default:
      return false;
  }
}

/** Killed after half of a batch, or all of it; or messages that are taken and get lost. */
async function meetsSplitterFault(exchange: Exchange, scene: Scene, slot: Slot): Promise<boolean> {
  const { entries } = exchange;
  const fault = scene.script.stage("splitter");
  if (fault) {
    await exchange.performPart(
      fault.done ? entries : entries.slice(0, Math.ceil(entries.length / 2)),
      "Failed",
    );
    die(exchange, scene, slot, fault);
    return true;
  }
  const arriving = entries.filter(({ MessageBody }) => {
    const { chunks } = parseChunkMessage(MessageBody);
    const lost = scene.script.delivery(chunks, 1, (kind) => kind === "message lost");
    if (lost) scene.script.strike(lost);
    return !lost;
  });
  if (arriving.length === entries.length) return false;
  exchange.reply(await exchange.performPart(arriving, "Successful"));
  return true;
}
