import { existsSync } from "node:fs";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { expect, test } from "vitest";
import { planRound } from "../../shared/plan/plan.ts";
import { runCli } from "../helpers/cli.ts";
import { deploymentServer } from "../helpers/deployment-server.ts";
import { builtIn } from "../helpers/kernels.ts";
import { Stages } from "../helpers/stages.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

test("submit says a plan in a line before it hands a job over, and with --json gives the splitter's", async () => {
  const stages = new Stages();
  const { env } = await deploymentServer({
    instead: (service, request, response) => {
      if (service !== "lambda" || request.method === "GET") return false;
      const answer = async () => response.end(JSON.stringify(await stages.split(await json(request))));
      void answer().catch((error) => response.writeHead(500).end(`${error}`));
      return true;
    },
  });
  const submit = ["submit", "--points", "40x50", "--job-id"];
  const [said, printed] = await Promise.all([
    runCli([...submit, "said"], { env }),
    runCli([...submit, "printed", "--json"], { env }),
  ]);
  expect(said).toMatchObject({ code: 0, stdout: "said\n" });
  expect(said.stderr).toMatch(
    /^Planned: .* for 0\.000\d+ USD \(.*\), measured here: 1 chunk, 1 message, up to 1 worker\.\nSubmitting said .*\nSubmitted: .*\n$/,
  );
  expect(stages.store.json("jobs/said/job.json")).toMatchObject({
    planned: {
      pricesDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      usd: { expected: expect.any(Number) },
    },
  });
  expect([printed.code, printed.stderr]).toEqual([0, ""]);
  const { plan } = JSON.parse(printed.stdout) as { plan: unknown };
  expect(plan).toEqual(planRound(stages.store.json("jobs/printed/job.json"), builtIn("mandelbrot")).figures);
});

/** How often a command asked for its stack. */
const lookedUp = (requests: readonly string[]) =>
  requests.filter((request) => request.startsWith("cloudformation")).length;

test("what was measured travels in the request, but not to a splitter that knows no such field", async () => {
  const stages = new Stages();
  const asked: Record<string, unknown>[] = [];
  const { env, requests } = await deploymentServer({
    instead: (service, request, response) => {
      if (service !== "lambda" || request.method === "GET") return false;
      const answer = async () => {
        const { computeSeconds, planned, ...known } = (await json(request)) as Record<string, unknown>;
        asked.push({ computeSeconds, planned });
        if (computeSeconds === undefined) return response.end(JSON.stringify(await stages.split(known)));
        response.setHeader("x-amz-function-error", "Unhandled");
        const error = { errorType: "InvalidInputError", errorMessage: "Expected no computeSeconds, got it" };
        return response.end(JSON.stringify(error));
      };
      void answer().catch((error) => response.writeHead(500).end(`${error}`));
      return true;
    },
  });
  const { code, stdout } = await runCli(["submit", "--points", "40x50", "--job-id", "former"], { env });
  expect([code, stdout]).toEqual([0, "former\n"]);
  const planned = { seconds: expect.anything(), usd: expect.anything(), pricesDate: expect.any(String) };
  expect(asked).toEqual([
    { computeSeconds: expect.any(Number), planned },
    { computeSeconds: undefined, planned: undefined },
  ]);
  expect(lookedUp(requests)).toBe(1);
});

test("run looks for its stack once, plans there before the splitter is asked, and leaves no folder where that refuses", async () => {
  const { env, requests } = await deploymentServer();
  const out = join(temporaryFolder(), "job");
  const huge = ["double-pendulum", "--points", "100000x100000", "--duration", "1000"];
  const refused = await runCli(["run", ...huge, "--engine", "aws", "--out", out], { env });
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toMatch(/heaviest message takes about \d+ min of a worker .* timeout is 60 s/);
  expect([lookedUp(requests), existsSync(out)]).toEqual([1, false]);
  expect(requests.filter((request) => request.startsWith("lambda POST"))).toEqual([]);

  requests.length = 0;
  const handed = await runCli(["run", "--points", "40x50", "--engine", "aws", "--out", out], { env });
  expect(handed.stderr).toMatch(/^Planned: /);
  expect(lookedUp(requests)).toBe(1);
  expect(requests.filter((request) => request.startsWith("lambda POST")).length).toBeGreaterThan(0);
});

test("a job that cannot fit a worker's timeout is refused with its figures before anything is sent", async () => {
  const { env, requests } = await deploymentServer();
  const options = ["--points", "100000x100000", "--duration", "1000"];
  const refused = await runCli(["submit", "double-pendulum", ...options], { env });
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toMatch(/heaviest message takes about \d+ min of a worker .* timeout is 60 s/);
  expect(requests.filter((request) => request.startsWith("lambda POST"))).toEqual([]);
});
