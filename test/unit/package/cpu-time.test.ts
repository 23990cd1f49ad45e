import { expect, test } from "vitest";
import { cpuMsOnNode22 } from "../../../shared/ports/clock.ts";

test("a thread's processor time on Node 22 is near to what newer versions say, and grows with work alone", () => {
  const { user, system } = process.threadCpuUsage();
  const ours = cpuMsOnNode22();
  // The system counts it by ticks: the present one is missing.
  expect(ours).toBeGreaterThan((user + system) / 2000);
  const spent = () => {
    let sum = 0;
    for (let k = 0; k < 3e7; k++) sum += k % 7;
    return sum;
  };
  expect(spent()).toBeGreaterThan(0);
  expect(cpuMsOnNode22()).toBeGreaterThan(ours);
});
