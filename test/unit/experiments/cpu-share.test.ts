import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cpuGroups, openCpuShares, quotaUs } from "../../../experiments/throttled-slot/cpu-share.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

test("a function's memory is its share of a core in each 20 ms, and above 1769 MB of several", () => {
  expect([128, 256, 512, 1024, 1769, 3538].map(quotaUs)).toEqual([1447, 2894, 5789, 11577, 20_000, 40_000]);
});

const FIRST = "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0";
const SECOND = "cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0";
const OTHERS = "proc /proc proc rw 0 0\ncgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0";

test("groups are version 1's where those limit CPU time, else version 2's, else there are none", () => {
  const first = { version: 1, folder: "/sys/fs/cgroup/cpu,cpuacct" };
  expect(cpuGroups(`${OTHERS}\n${SECOND}\n${FIRST}\n`)).toEqual(first);
  expect(cpuGroups(`${OTHERS}\n${SECOND}\n`)).toEqual({ version: 2, folder: "/sys/fs/cgroup/unified" });
  expect(cpuGroups(`${OTHERS}\n`)).toBeUndefined();
  expect(cpuGroups("")).toBeUndefined();
});

test("where CPU time cannot be limited, a sentence says so, and neither groups nor listeners are left", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  const listeners = process.listenerCount("SIGTERM");
  for (const groups of [
    { version: 2, folder }, // an ordinary folder: what is made in it has no limits
    { version: 1, folder },
    { version: 1, folder: join(folder, "file") },
    { version: 1, folder: join(folder, "missing") },
  ] as const) {
    expect(() => openCpuShares(groups)).toThrow(
      /^Expected this machine to be one whose cgroups may limit CPU time \(Linux, as root\), got E[A-Z]+ in /,
    );
  }
  expect(process.listenerCount("SIGTERM")).toBe(listeners);
  expect(readdirSync(folder)).toEqual(["file"]);
});
