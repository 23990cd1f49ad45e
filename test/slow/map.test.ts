import { existsSync, readdirSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCli, startCli } from "../helpers/cli.ts";
import { folderWith } from "../helpers/kernel-file.ts";
import { resultsIn } from "../helpers/map.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/map");

/** A server on a port of its own; gives its address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const mapped = (task: string, items: string, ...more: string[]) => ["map", task, items, ...more];

test("the example fetches pages, several at a time, from a list on stdin", async () => {
  let [open, most] = [0, 0];
  const waiting: (() => void)[] = [];
  const url = await serve(({ url = "" }, response) => {
    most = Math.max(most, ++open);
    const answer = () => {
      open--;
      response.statusCode = url === "/3" ? 404 : 200;
      response.end(`<html><title> Page ${url.slice(1)} </title></html>`);
    };
    // The first answers wait until two have asked.
    waiting.push(answer);
    if (most > 1) for (const each of waiting.splice(0)) each();
  });
  const out = join(temporaryFolder(), "titles");
  const urls = Array.from({ length: 6 }, (_, k) => JSON.stringify(`${url}/${k}`)).join("\r\n");
  const args = mapped(join(EXAMPLES, "title.ts"), "-", "--engine", "serial", "--out", out, "--json");
  const { code, stdout } = await runCli(
    [...args, "--concurrency", "2", "--items-per-shard", "6", "--allow-missing", "20%"],
    { stdin: urls },
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ state: "incomplete", tolerated: true },
    items: {
      total: 6,
      given: 5,
      failed: 1,
      failures: [{ index: 3, error: "Error: 404 Not Found (title.ts:8)" }],
    },
  });
  expect(most).toBe(2);
  expect(resultsIn(out)[5]).toEqual({ index: 5, value: { url: `${url}/5`, title: "Page 5" } });
});

test("what a task prints goes to stderr, not among the results", async () => {
  const folder = folderWith({
    "loud.ts": `import { task } from "manyhands/kernel";
console.log("loaded");
process.stdout.write("loaded too\\n");
export default task({ task: (n: number) => (console.log("item", n), process.stdout.write("too\\n"), n) });
`,
  });
  for (const engine of ["serial", "threads"]) {
    const args = mapped(join(folder, "loud.ts"), "-", "--engine", engine, "--out", join(folder, engine));
    const { code, stdout, stderr } = await runCli([...args, "--json"], { stdin: "1\n2\n" });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ items: { given: 2 } });
    expect(stderr).toContain("item 2");
  }
});

test("a worker that is killed takes nothing with it: its shard is mapped by another", async () => {
  const folder = folderWith({
    "deadly.ts": `import { existsSync, writeFileSync } from "node:fs";
import { task } from "manyhands/kernel";

export default task({
  task: ({ n, marker }: { n: number; marker: string }) => {
    if (n === 5 && !existsSync(marker)) {
      writeFileSync(marker, "");
      globalThis.process.kill(process.pid, "SIGKILL");
    }
    return n * n;
  },
});
`,
  });
  const marker = join(folder, "marker");
  const items = Array.from({ length: 12 }, (_, n) => JSON.stringify({ n, marker })).join("\n");
  const out = join(folder, "out");
  const { code } = await runCli(
    mapped(join(folder, "deadly.ts"), "-", "--items-per-shard", "3", "--out", out, "--no-plots"),
    { stdin: items },
  );
  expect(code).toBe(0);
  expect(existsSync(marker)).toBe(true);
  expect(resultsIn(out).map(({ value }) => value)).toEqual(Array.from({ length: 12 }, (_, n) => n * n));
});

test("a run that was interrupted goes on with the shards that are missing", async () => {
  const asked: string[] = [];
  let isStuck = true;
  let onStuck = () => {};
  const url = await serve(({ url = "" }, response) => {
    asked.push(url);
    if (isStuck && url === "/2") onStuck();
    else response.end(`<title>${url}</title>`);
  });
  const out = join(temporaryFolder(), "titles");
  const urls = Array.from({ length: 4 }, (_, k) => JSON.stringify(`${url}/${k}`)).join("\n");
  const args = mapped(join(EXAMPLES, "title.ts"), "-", "--engine", "serial", "--out", out);
  const { child, ended } = startCli([...args, "--items-per-shard", "1"], { stdin: urls });
  onStuck = () => child.kill("SIGINT");
  expect(await ended).toMatchObject({
    code: 130,
    stderr: expect.stringContaining("2 of 4 shards are stored"),
  });
  isStuck = false;
  asked.length = 0;
  expect(await runCli(["resume", out, "--engine", "threads", "-w", "1"])).toMatchObject({ code: 0 });
  expect(asked).toEqual(["/2", "/3"]);
  expect(resultsIn(out).map(({ value }) => (value as { title: string }).title)).toEqual([
    "/0",
    "/1",
    "/2",
    "/3",
  ]);
});

test("commands that need an array say that there is none, and the others know the job", async () => {
  const folder = temporaryFolder();
  const out = join(folder, "results", "words");
  const job = [...mapped(join(EXAMPLES, "words.ts"), join(EXAMPLES, "texts.jsonl")), "--engine", "serial"];
  await runCli([...job, "--job-id", "words", "--quiet"], { cwd: folder });
  for (const command of ["table", "verify"])
    expect(await runCli([command, "words"], { cwd: folder })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        `one with an array, for \`${command}\`, got words, which maps a task over items`,
      ),
    });
  expect((await runCli(["status", "words"], { cwd: folder })).stdout).toContain(
    "3 of 4 gave a value, 1 failed",
  );
  expect((await runCli(["list", "--engine", "local"], { cwd: folder })).stdout).toMatch(
    /words +incomplete +4\/4 +words +4 items/,
  );
  expect(await runCli(["plot", "words"], { cwd: folder })).toMatchObject({ code: 0 });
  expect(readdirSync(out).filter((name) => name.endsWith(".png"))).toEqual(["timeline.png"]);
});
