import { rmSync } from "node:fs";
import { join } from "node:path";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test, vi } from "vitest";
import { follow } from "../../../client/remote/follow.ts";
import { FileStore } from "../../../shared/ports/file/file-store.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { putJson } from "../../../shared/ports/store.ts";
import type { Counted } from "../../../shared/record/attendance.ts";
import { writeMissing } from "../../../shared/record/control.ts";
import { computeInto, remoteCloud } from "../../helpers/remote.ts";

async function ended() {
  const { cloud, remote, folder } = await remoteCloud();
  const store = new FileStore({ "": folder });
  const { job, summary } = await computeInto(folder, "j1", { chunk: "10x10" });
  const looks: Counted[] = [];
  const watch = (onLook: () => unknown, signal = new AbortController().signal, pauseMs?: number) => {
    const counted = (look: Counted) => {
      looks.push(look);
      onLook();
    };
    const pauses =
      pauseMs === undefined
        ? remote.pauses
        : { first: pauseMs, usual: pauseMs, longest: remote.pauses.longest };
    return follow({ ...remote, pauses }, job, { counted }, { signal, ask: (action) => action() });
  };
  return { cloud, folder, store, job, summary, looks, watch };
}

test("a job that ended is known from its keys and its summary", async () => {
  const { summary, looks, watch } = await ended();
  expect((await watch(() => {})).summary).toEqual(summary);
  expect(looks).toEqual([{ done: 25, failed: 0, active: 0, isUnattended: false }]);
});

test("an incomplete job is watched on while messages are still on their way, which may complete it", async () => {
  const { cloud, store, job, summary, looks, watch } = await ended();
  const { summary: key } = jobKeys(job.jobId);
  await putJson(store, key, { ...summary, state: "incomplete" });
  const Entries = [{ Id: "0", MessageBody: "a late report" }];
  await cloud.clients.sqs.send(
    new SendMessageBatchCommand({ QueueUrl: cloud.deployment.resultQueue, Entries }),
  );
  const { summary: last } = await watch(async () => {
    if (looks.length === 2) await putJson(store, key, summary);
  });
  expect(last.state).toBe("complete");
  expect(looks.length).toBeGreaterThan(1);
});

test("a look that waited for a network does not put off the next one", async () => {
  const { cloud, folder, job, store, summary, looks, watch } = await ended();
  rmSync(join(folder, jobKeys(job.jobId).summary));
  const Entries = [{ Id: "0", MessageBody: "a report" }];
  await cloud.clients.sqs.send(
    new SendMessageBatchCommand({ QueueUrl: cloud.deployment.resultQueue, Entries }),
  );
  const now = performance.now.bind(performance);
  let waitedMs = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + waitedMs);
  onTestFinished(() => clock.mockRestore());
  await watch(
    async () => {
      if (looks.length === 2) waitedMs = 3_600_000;
      if (looks.length === 3) await putJson(store, jobKeys(job.jobId).summary, summary);
    },
    undefined,
    1,
  );
  expect(looks.length).toBeGreaterThan(2);
});

test("where every chunk is accounted for, nothing is under way and no summary is there, the aggregator is woken", async () => {
  const { cloud, folder, summary, job, store, watch } = await ended();
  rmSync(join(folder, jobKeys(job.jobId).summary));
  const woken: unknown[] = [];
  const lambda = {
    send: async ({ input }: { input: { Payload: string } }) => {
      woken.push(JSON.parse(JSON.parse(input.Payload).Records[0].body));
      await putJson(store, jobKeys(job.jobId).summary, summary);
      return { Payload: { transformToString: () => "{}" } };
    },
  };
  Object.assign(cloud.clients, { lambda });
  expect((await watch(() => {}, undefined, 1)).summary).toEqual(summary);
  expect(woken).toMatchObject([{ kind: "check", jobId: "j1", round: 0, isIdle: true }]);
});

test("while messages wait and no worker takes any, watching says that nobody is at it, and asks nothing of the aggregator", async () => {
  const { cloud, folder, job, looks, watch } = await ended();
  const keys = jobKeys(job.jobId);
  for (const key of [keys.reports, keys.summary]) rmSync(join(folder, key), { recursive: true });
  const Entries = [{ Id: "0", MessageBody: "a chunk message" }];
  await cloud.clients.sqs.send(
    new SendMessageBatchCommand({ QueueUrl: cloud.deployment.chunkQueue, Entries }),
  );
  const now = Date.now;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + 3_600_000);
  onTestFinished(() => clock.mockRestore());
  const leaving = new AbortController();
  const watching = watch(() => looks.length > 2 && leaving.abort(), leaving.signal, 1);
  await expect(watching).rejects.toThrow();
  expect(looks.at(-1)).toEqual({ done: 0, failed: 0, active: 0, isUnattended: true });
});

test("watching ends when it is aborted", async () => {
  const { watch } = await ended();
  await expect(watch(() => {}, AbortSignal.abort())).rejects.toThrow();
});

test("a job that is deleted meanwhile, or whose splitter broke off, is not waited for", async () => {
  const { cloud, folder, job, watch } = await ended();
  const keys = jobKeys(job.jobId);
  const remove = (key: string) => rmSync(join(folder, key), { recursive: true });
  remove(keys.reports);
  remove(keys.submitted);
  await expect(watch(() => {}, undefined, 1)).rejects.toThrow(
    /the splitter to send every message of job j1, it broke off/,
  );
  expect(await cloud.store.get(keys.job)).toBeDefined();
  remove(keys.job);
  await expect(watch(() => {})).rejects.toThrow(/job j1 to be in the store until it ends, it was deleted/);
});

test("a later round whose splitter broke off is not waited for, and how it goes on is said", async () => {
  const { store, watch } = await ended();
  await writeMissing(store, "j1", 1, { atMs: Date.now(), chunks: [0, 1] });
  await expect(watch(() => {}, undefined, 1)).rejects.toThrow(
    /it broke off: `manyhands resume j1 --engine aws --stack Test` sends the rest/,
  );
});
