import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { expect, test } from "vitest";
import { Progress } from "../../api/progress.ts";
import { serial } from "../../client/engines/serial.ts";
import { runCli } from "../helpers/cli.ts";
import { deploymentServer } from "../helpers/deployment-server.ts";
import { resultsIn } from "../helpers/map.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/map");
const MAP = [
  "map",
  join(EXAMPLES, "words.ts"),
  join(EXAMPLES, "texts.jsonl"),
  "--engine",
  "aws",
  "--job-id",
  "words",
];

/** A deployment whose splitter, when it is invoked, sees to the whole job with what lies in the bucket. */
async function deployment() {
  const server = await deploymentServer({
    instead: (service, request, response) => {
      if (service !== "lambda" || !request.url?.includes("/splitter/")) return false;
      const run = async () => {
        const asked = (await json(request)) as { requestId: string; kernel: string };
        const folder = join(server.folder, "jobs", asked.requestId);
        const watch = { progress: new Progress(4, 4), signal: new AbortController().signal };
        await serial({ jobId: asked.requestId, request: asked, folder, workers: 1, ...watch });
        response.end(readFileSync(join(folder, "submitted.json")));
      };
      void run().catch((error: Error) => {
        response.setHeader("X-Amz-Function-Error", "Unhandled");
        response.end(JSON.stringify({ errorType: error.name, errorMessage: error.message }));
      });
      return true;
    },
  });
  return server;
}

test("items go to the bucket before the splitter is asked, and results come back", async () => {
  const { env, folder, requests } = await deployment();
  const out = join(temporaryFolder(), "words");
  const { code, stdout, stderr } = await runCli([...MAP, "--out", out], { env });
  expect([code, stderr]).toEqual([3, expect.stringMatching(/^ {2}item 2: RangeError/)]);
  expect(stdout).toContain("3 of 4 gave a value, 1 failed");
  expect(resultsIn(out).map(({ error }) => error !== undefined)).toEqual([false, false, true, false]);
  const asked = requests.findIndex((each) => each.startsWith("lambda POST"));
  const uploads = requests.flatMap((each, at) => (/PUT .*\/items\/\d+\.jsonl/.test(each) ? [at] : []));
  expect(uploads).toHaveLength(readdirSync(join(folder, "jobs/words/items")).length);
  expect(uploads.every((at) => at < asked)).toBe(true);
});

test("a job that the splitter refuses leaves nothing in the bucket", async () => {
  const { env, folder } = await deployment();
  const { code, stderr } = await runCli([...MAP, "--out", join(temporaryFolder(), "o"), "--ramp", "never"], {
    env,
  });
  expect([code, stderr]).toEqual([2, expect.stringContaining("ramp")]);
  const refusing = await deploymentServer({
    instead: (service, request, response) => {
      if (service !== "lambda" || !request.url?.includes("/splitter/")) return false;
      response.setHeader("X-Amz-Function-Error", "Unhandled");
      response.end(
        JSON.stringify({ errorType: "InvalidInputError", errorMessage: "Expected kernel to be another." }),
      );
      return true;
    },
  });
  const cwd = temporaryFolder();
  expect(await runCli(MAP, { cwd, env: refusing.env })).toMatchObject({
    code: 2,
    stderr: "Expected kernel to be another.\n",
  });
  const items = (bucket: string) => join(bucket, "jobs/words/items");
  expect(existsSync(items(folder))).toBe(false);
  expect(existsSync(items(refusing.folder)) ? readdirSync(items(refusing.folder)) : []).toEqual([]);
  expect(refusing.requests.some((each) => /PUT .*items/.test(each))).toBe(true);
  expect(readdirSync(cwd)).toEqual([]);
});
