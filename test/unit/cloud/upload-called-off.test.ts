import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { Progress } from "../../../api/progress.ts";
import { InterruptedError } from "../../../client/engines/engine.ts";
import { engineNamed } from "../../../client/engines/engines.ts";
import type { Store } from "../../../shared/ports/store.ts";
import { JobConflictError } from "../../../shared/validation/errors.ts";
import { deploymentServer } from "../../helpers/deployment-server.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

afterEach(() => vi.unstubAllEnvs());

/** A job of three shards, whose upload meets `last` after the second. */
async function uploading(last: (controller: AbortController) => void) {
  const { env, folder, requests } = await deploymentServer();
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const controller = new AbortController();
  const prepare = async (store: Pick<Store, "putIfAbsent">) => {
    for (const k of [0, 1, 2]) {
      await store.putIfAbsent(`jobs/j/items/${k}.jsonl`, Buffer.from("1\n"));
      if (k === 1) last(controller);
    }
  };
  const run = async () =>
    (await engineNamed("aws").load({}))({
      ...{ jobId: "j", folder: temporaryFolder(), workers: 1, request: { kernel: "task" } },
      ...{ progress: new Progress(1, 1), signal: controller.signal, prepare },
    });
  return { run, requests, left: () => readdirSync(join(folder, "jobs/j/items")) };
}

test.each([
  [
    "conflict",
    () => {
      throw new JobConflictError("j");
    },
    JobConflictError,
  ],
  ["interruption", (controller: AbortController) => controller.abort(), InterruptedError],
])("a %s while items are uploaded leaves none of them", async (_, last, type) => {
  const { run, requests, left } = await uploading(last);
  await expect(run()).rejects.toThrow(type);
  expect(requests.filter((line) => line.startsWith("s3 PUT")).length).toBeGreaterThan(1);
  expect(left()).toEqual([]);
  expect(requests.filter((line) => line.startsWith("lambda POST"))).toEqual([]);
});
