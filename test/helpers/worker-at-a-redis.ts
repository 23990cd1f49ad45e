/**
 * A worker on Redis that breaks a rule of docs/protocol.md, which BROKEN names; for tests of what watches workers. It stores and reports
 * nothing that is right.
 */
import { openRedis } from "../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";

const hub = await openRedis(redisPlace(process.env.MANYHANDS_REDIS ?? "", process.env.REDIS_PASSWORD));
for (;;) {
  for (const message of await hub.chunks.receive(1, 1000)) {
    const { jobId = "none" } = JSON.parse(message.body);
    const store = () => hub.store.put(`jobs/${jobId}/array/escape_time/c/0/0`, Buffer.from("chunk"));
    const report = () => hub.results.send([JSON.stringify({ kind: "report" })]);
    const acknowledge = () => hub.chunks.acknowledge([message]);
    if (process.env.BROKEN === "acknowledges first") await acknowledge().then(store).then(report);
    else if (process.env.BROKEN === "reports before it stores") await report().then(store).then(acknowledge);
    else await hub.chunks.postpone(message, 1000);
  }
}
