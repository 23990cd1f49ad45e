import { once } from "node:events";
import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { claimFolder } from "../../../client/job-folder/claim/claim.ts";
import { claimsIn } from "../../helpers/claims.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

test("a claim is renewed while this thread is busy", async () => {
  const folder = temporaryFolder();
  const claim = await claimFolder(folder);
  const [file = ""] = claimsIn(folder).filter((name) => name.endsWith(".json"));
  const changedMs = () => statSync(join(folder, file)).mtimeMs;
  await vi.waitUntil(() => changedMs() < Date.now(), { timeout: 20_000, interval: 1 });
  const before = changedMs();
  const giveUpMs = performance.now() + 20_000;
  while (changedMs() === before && performance.now() < giveUpMs); // as engine serial, in a chunk
  expect(changedMs()).toBeGreaterThan(before);
  claim.release();
});

test("its owner notices that a claim was taken away, or its folder moved", async () => {
  const root = temporaryFolder();
  const folder = join(root, "moved");
  renameSync(temporaryFolder(), folder);
  for (const takeAway of [
    () => rmSync(join(folder, claimsIn(folder).find((name) => name.endsWith(".json")) ?? "")),
    () => renameSync(folder, join(root, "elsewhere")),
  ]) {
    const claim = await claimFolder(folder);
    expect(claim.lost.aborted).toBe(false);
    takeAway();
    await once(claim.lost, "abort");
    claim.release();
  }
});

test("giving a folder back never throws, whatever lies there by then", async () => {
  const folder = temporaryFolder();
  const claim = await claimFolder(folder, { renewAfterMs: 3_600_000 });
  for (const file of claimsIn(folder)) {
    rmSync(join(folder, file));
    mkdirSync(join(folder, file, "not-empty"), { recursive: true });
  }
  expect(() => claim.release()).not.toThrow();
});
