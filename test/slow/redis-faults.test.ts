import { expect, test } from "vitest";
import { serial } from "../../client/engines/serial.ts";
import { REDIS_FAULTS, REQUEST, runRedisScenario } from "../faults/redis/redis-scenario.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { runEngine } from "../helpers/run-engine.ts";

/** `FAULTS_FROM=7 FAULTS=1` runs seed 7 alone. */
const FIRST = Number(process.env.FAULTS_FROM ?? 1);
const SCENARIOS = Number(process.env.FAULTS ?? 25);

test.skipIf(noRedis)(
  "jobs on a Redis end whole, whatever breaks between, and leave no message",
  async () => {
    const server = await redisServer();
    const { array } = await runEngine(serial, REQUEST);
    const struck = new Map<string, number>();
    const told: string[] = [];
    for (let seed = FIRST; seed < FIRST + SCENARIOS; seed++) {
      const verdict = await runRedisScenario(seed, server, array);
      for (const fault of verdict.struck) struck.set(fault, (struck.get(fault) ?? 0) + 1);
      if (verdict.problems.length > 0)
        told.push([`FAULTS_FROM=${seed} FAULTS=1`, ...verdict.problems, verdict.struck.join(" ")].join("\n"));
    }
    console.info(`${SCENARIOS} scenarios: ${JSON.stringify(Object.fromEntries(struck))}`);
    expect(told).toEqual([]);
    if (SCENARIOS > 1) for (const fault of REDIS_FAULTS) expect(struck.get(fault), fault).toBeGreaterThan(0);
  },
  600_000,
);
