import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { claimFolder, runningIn } from "../../client/job-folder/claim/claim.ts";
import { claimsIn, leaveClaim } from "../helpers/claims.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const PATIENT = { patienceMs: 1000, renewAfterMs: 3_600_000 };
const ELSEWHERE = { boot: "another-boot", host: "afar\u001b[2J", pid: 7 };

/** As its owner does, on whatever machine. */
function keepRenewing(path: string): void {
  let times = 0;
  const renewing = setInterval(() => utimesSync(path, 1, ++times), 20);
  onTestFinished(() => clearInterval(renewing));
}

test("a claim of another machine holds as long as it is renewed", async () => {
  const folder = temporaryFolder();
  keepRenewing(leaveClaim(folder, ELSEWHERE));
  const said: string[] = [];
  const options = { ...PATIENT, onWait: (sentence: string) => said.push(sentence) };
  await expect(claimFolder(folder, options)).rejects.toThrow("which process 7 of host afar\\x1b[2J is at.");
  expect(said).toHaveLength(1);
  expect(said[0]).toContain(
    "was claimed by process 7 of host afar\\x1b[2J, which cannot be asked from here: waiting 1 s",
  );
  expect(await runningIn(folder, PATIENT)).toMatchObject({ pid: 7 });
});

test.each([
  ["of another machine, or of this one before it started again", ELSEWHERE],
  ["on a file system without sockets", { boot: undefined, device: undefined }],
  ["in a folder that is mounted a second time", { device: -1 }],
])("a claim %s that nobody renews is over after a while", async (_, more) => {
  const folder = temporaryFolder();
  leaveClaim(folder, more);
  expect(await runningIn(folder, PATIENT)).toBeUndefined();
  leaveClaim(folder, more);
  const began = performance.now();
  (await claimFolder(folder, PATIENT)).release();
  expect(performance.now() - began).toBeGreaterThan(PATIENT.patienceMs);
  expect(claimsIn(folder)).toEqual([]);
});

test("of several that wait for the same claim to be over, one gets the folder", async () => {
  const folder = temporaryFolder();
  leaveClaim(folder, ELSEWHERE);
  const claims = await Promise.allSettled([0, 1, 2].map(() => claimFolder(folder, PATIENT)));
  const held = claims.filter((claim) => claim.status === "fulfilled");
  expect(held).toHaveLength(1);
  held[0]?.value.release();
  expect(claimsIn(folder)).toEqual([]);
});

test.each([
  ["nothing", ""],
  ["half a line", '{"host":"a'],
  ["something else", "null\n[]\n7\n"],
])("a damaged claim, with %s in it, is over after a while", async (_, text) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "running-0123456789abcdef.json"), text);
  (await claimFolder(folder, PATIENT)).release();
  expect(claimsIn(folder)).toEqual([]);
});

test("what is no file in a claim's place is none, and is left as it is", async () => {
  const folder = temporaryFolder();
  const precious = join(temporaryFolder(), "precious");
  writeFileSync(precious, "precious");
  const [fifo, link, below] = ["1", "2", "3"].map((digit) =>
    join(folder, `running-${digit.repeat(16)}.json`),
  );
  execFileSync("mkfifo", [fifo!, join(folder, "running.pid")]);
  symlinkSync(precious, link!);
  mkdirSync(below!);
  // A socket's place too: connecting would follow the link.
  leaveClaim(folder, {}, "4".repeat(16));
  symlinkSync("/dev/null", join(folder, `running-${"4".repeat(16)}.sock`));
  (await claimFolder(folder, PATIENT)).release();
  expect(claimsIn(folder)).toHaveLength(3);
  expect(readFileSync(precious, "utf8")).toBe("precious");
});

test("a claim as former versions wrote it holds while that process lives here", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "running.pid");
  writeFileSync(path, `${process.ppid}`);
  expect(await runningIn(folder)).toEqual({ pid: process.ppid });
  await expect(claimFolder(folder, PATIENT)).rejects.toThrow(
    `which process ${process.ppid} is at. If that is something else, remove`,
  );
  // An id without a process, a former process with this one's id, and texts that are no id.
  for (const text of ["999999999", `${process.pid}`, "", "x", "-1"]) {
    writeFileSync(path, text);
    (await claimFolder(folder, PATIENT)).release();
    expect(existsSync(path)).toBe(false);
  }
});

test("a folder whose path is too long for a socket is claimed all the same", async () => {
  const folder = join(temporaryFolder(), "x".repeat(120));
  mkdirSync(folder);
  const claim = await claimFolder(folder, PATIENT);
  expect(claimsIn(folder)).toHaveLength(2);
  await expect(claimFolder(folder, PATIENT)).rejects.toThrow(`which process ${process.pid} of`);
  claim.release();
});
