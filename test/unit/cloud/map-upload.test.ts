import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mountsOf } from "../../../client/engines/engine.ts";
import { download } from "../../../client/remote/download.ts";
import { RecallableObjects } from "../../../client/remote/recallable-objects.ts";
import { FileStore } from "../../../shared/ports/file/file-store.ts";
import { splitMap } from "../../helpers/map.ts";
import { remoteCloud } from "../../helpers/remote.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

test("a client stores an object only where there is none, and takes back what was its own", async () => {
  const { remote } = await remoteCloud();
  const [first, second] = [new RecallableObjects(remote), new RecallableObjects(remote)];
  const key = "jobs/j/items/0.jsonl";
  expect(await first.putIfAbsent(key, Buffer.from("1\n"))).toBe("stored");
  expect(await second.putIfAbsent(key, Buffer.from("2\n"))).toBe("exists");
  await second.takeBack();
  expect(Buffer.from((await first.get(key)) ?? []).toString()).toBe("1\n");
  await first.takeBack();
  expect(await first.get(key)).toBeUndefined();
});

test("a job of items comes whole from a deployment, its results each time", async () => {
  const { cloud, folder } = await remoteCloud();
  const { stages, bodies } = await splitMap(8, (n: number) => n);
  for (const body of bodies) await stages.work(body);
  for (const body of stages.results.take()) await stages.aggregate(body);
  const there = new FileStore({ "": folder });
  for (const [key, bytes] of stages.store.objects) await there.put(key, bytes);
  const job = stages.store.json("jobs/j/job.json");
  const out = temporaryFolder();
  const fetch = () =>
    download(cloud, job, "all", mountsOf("j", out), {
      signal: new AbortController().signal,
      onProgress: () => {},
      ask: (action) => action(),
    });
  expect(await fetch()).toEqual({ skipped: [] });
  expect(readdirSync(out).sort()).toEqual(readdirSync(join(folder, "jobs/j")).sort());
  await there.put("jobs/j/results.jsonl", Buffer.from('{"index":0,"value":1}\n'));
  await fetch();
  expect(readFileSync(join(out, "results.jsonl"), "utf8")).toBe('{"index":0,"value":1}\n');
});
