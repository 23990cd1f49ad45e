import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { localEngine } from "../../client/engines/local.ts";
import { startCli } from "../helpers/cli.ts";
import { misbehavingBundles, runEngine } from "../helpers/run-engine.ts";
import { familyOf, LISTENING, LOOPBACK, type Socket, socketsOf } from "../helpers/sockets.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const LOOK_MS = 20;

/** Every socket that the process or one that it started has, until `until` is settled. */
async function socketsUntil(pid: number, until: Promise<unknown>): Promise<Socket[]> {
  const seen = new Map<string, Socket>();
  let over = false;
  const end = () => {
    over = true;
  };
  until.then(end, end);
  while (!over) {
    for (const socket of familyOf(pid).flatMap(socketsOf))
      seen.set(`${socket.local} ${socket.port} ${socket.remote} ${socket.state}`, socket);
    await sleep(LOOK_MS);
  }
  return [...seen.values()];
}

/** All that listen do so on the loopback interface, and all that are connected are to it. Returns the ports. */
function expectOnLoopback(sockets: readonly Socket[]): number[] {
  const listening = sockets.filter(({ state }) => state === LISTENING);
  const connected = sockets.filter(({ state }) => state !== LISTENING);
  expect(listening.filter(({ local }) => !LOOPBACK.test(local))).toEqual([]);
  expect(connected.filter(({ remote }) => !LOOPBACK.test(remote))).toEqual([]);
  expect(connected.length).toBeGreaterThan(0);
  return [...new Set(listening.map(({ port }) => port))];
}

describe.runIf(process.platform === "linux")("while a job runs on engine local", () => {
  test("`manyhands run` and its slots listen on one port of 127.0.0.1, and are connected to nothing else", async () => {
    const { child, ended } = startCli(
      ["run", "double-pendulum", "--points", "200x200", "--chunk", "20x20", "--duration", "30"],
      {
        cwd: temporaryFolder(),
      },
    );
    const sockets = await socketsUntil(child.pid ?? -1, ended);
    expect((await ended).code).toBe(0);
    expect(expectOnLoopback(sockets)).toHaveLength(1);
  });

  test("the place where a burst's workers are invoked is on 127.0.0.1 too", async () => {
    const engine = localEngine({
      bundles: misbehavingBundles,
      ramp: { acceleration: 1, burstConcurrency: 2 },
    });
    const before = new Set(socketsOf(process.pid).map(({ port }) => port));
    const running = runEngine(
      engine,
      {
        kernel: "slow",
        ramp: "burst",
        grid: { axes: [{ from: 0, to: 1, count: 4 }] },
        chunk: [1],
        chunksPerMessage: 1,
      },
      { workers: 4 },
    );
    const sockets = await socketsUntil(process.pid, running);
    expect((await running).summary.state).toBe("complete");
    const ports = expectOnLoopback(sockets.filter(({ port }) => !before.has(port)));
    expect(ports).toHaveLength(2);
  });
});
