import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test, vi } from "vitest";
import { claimFolder, type HeldClaim, runningIn } from "../../client/job-folder/claim/claim.ts";
import { openJobFolder } from "../../client/job-folder/job-folder.ts";
import { readLocalStatus } from "../../client/job-folder/local-status.ts";
import { CLAIMER, claimsIn, isZombie, leaveClaim, startClaimer } from "../helpers/claims.ts";
import { firstOf } from "../helpers/first-of.ts";
import { computeInto } from "../helpers/remote.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** No test here takes as long as that. */
const LATER = { renewAfterMs: 3_600_000 };
const isLinux = process.platform === "linux";

test("a folder is claimed by one process at a time, and free again afterwards", async () => {
  const folder = temporaryFolder();
  const claim = await claimFolder(folder, LATER);
  expect(await runningIn(folder)).toMatchObject({ pid: process.pid });
  await expect(claimFolder(folder, LATER)).rejects.toThrow(
    new RegExp(`^Expected job to be one that nobody is computing, got ".*", which process ${process.pid} of`),
  );
  claim.release();
  claim.release();
  expect(readdirSync(folder)).toEqual([]);
  expect(await runningIn(folder)).toBeUndefined();
});

test("a job that submits nothing is running once it has stored a chunk", async () => {
  const cwd = temporaryFolder();
  await computeInto(cwd, "j", { chunk: "20x20" });
  const folder = join(cwd, "jobs/j");
  for (const end of ["summary.json", "submitted.json", "reports"])
    rmSync(join(folder, end), { recursive: true, force: true });
  const claim = await claimFolder(folder, LATER);
  const state = async () => (await readLocalStatus(await openJobFolder(folder))).state;
  expect(await state()).toBe("running");
  rmSync(join(folder, "array/escape_time/c"), { recursive: true });
  expect(await state()).toBe("submitting");
  claim.release();
  expect(await state()).toBe("unfinished");
});

test("of claims that are made at once over one of the dead, one gets the folder, in each of 40 rounds", async () => {
  const folder = temporaryFolder();
  for (let round = 0; round < 40; round++) {
    leaveClaim(folder);
    writeFileSync(join(folder, "running.pid"), "999999999");
    const claims = await Promise.allSettled([0, 1, 2, 3].map(() => claimFolder(folder, LATER)));
    const held = claims.filter((claim) => claim.status === "fulfilled");
    expect(held, `round ${round}`).toHaveLength(1);
    held[0]?.value.release();
    expect(readdirSync(folder)).toEqual([]);
  }
});

test("of two processes that claim a dead one's folder, one gets it, in each of 300 rounds", async () => {
  const [one, other] = [startClaimer(), startClaimer()];
  const root = temporaryFolder();
  for (let round = 0; round < 300; round++) {
    const folder = join(root, `${round}`);
    mkdirSync(folder);
    leaveClaim(folder);
    writeFileSync(join(folder, "running.pid"), "999999999");
    const answers = await Promise.all([one.claim(folder), other.claim(folder)]);
    expect(
      answers.filter((answer) => answer === "held"),
      `round ${round}: ${answers}`,
    ).toHaveLength(1);
  }
});

test("a process that stands still keeps its folder, and one that was killed has none", async () => {
  const folder = temporaryFolder();
  const { child, claim } = startClaimer();
  expect(await claim(folder)).toBe("held");
  child.kill("SIGSTOP");
  await expect(claimFolder(folder, LATER)).rejects.toThrow(`which process ${child.pid} of`);
  child.kill("SIGKILL");
  await once(child, "exit");
  (await claimFolder(folder, LATER)).release();
  expect(claimsIn(folder)).toEqual([]);
});

/** What `command` starts claims the folder; resolves with the lines that it prints once it has it. */
async function claimedBy(command: readonly string[], folder: string) {
  const code = `const { claimFolder } = await import("${join(CLAIMER, "../../../client/job-folder/claim/claim.ts")}");
    await claimFolder(process.argv[1]); console.log(process.pid); setInterval(() => {}, 1e6);`;
  const node = [process.execPath, "--no-warnings", "--input-type=module", "-e", code, folder];
  const [program = "", ...args] = [...command, ...node];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await firstOf(child, createInterface(child.stdout), "line");
  return { child, pid: Number(line) };
}

test.runIf(isLinux)("one that ended and was not reaped does not hold its folder", async () => {
  const folder = temporaryFolder();
  // The shell becomes a program that asks after no child of its own.
  const { pid } = await claimedBy(["sh", "-c", '"$@" & exec sleep 60', "sh"], folder);
  process.kill(pid, "SIGKILL");
  await vi.waitUntil(() => isZombie(pid), { timeout: 60_000 });
  (await claimFolder(folder, LATER)).release();
  // As the version before wrote it:
  writeFileSync(join(folder, "running.pid"), `${pid}`);
  expect(await runningIn(folder)).toBeUndefined();
});

test("a process in another container, whose number says nothing here, holds its folder", async ({ skip }) => {
  skip(!isLinux || process.getuid?.() !== 0, "making a namespace of process numbers takes root on Linux");
  const folder = temporaryFolder();
  const { child, pid } = await claimedBy(
    ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"],
    folder,
  );
  expect(pid).toBeLessThan(10);
  await expect(claimFolder(folder, LATER)).rejects.toThrow(`which process ${pid} of`);
  child.kill("SIGKILL");
  let claim: HeldClaim | undefined;
  await vi.waitUntil(
    async () => {
      claim = await claimFolder(folder, LATER).catch(() => undefined);
      return claim;
    },
    { timeout: 60_000 },
  );
  claim?.release();
});
