import { json } from "node:stream/consumers";
import { expect, test } from "vitest";
import { planRound } from "../../shared/plan/plan.ts";
import { runCli } from "../helpers/cli.ts";
import { deploymentServer } from "../helpers/deployment-server.ts";
import { builtIn } from "../helpers/kernels.ts";
import { Stages } from "../helpers/stages.ts";

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

test("a job that cannot fit a worker's timeout is refused with its figures before anything is sent", async () => {
  const { env, requests } = await deploymentServer();
  const options = ["--points", "100000x100000", "--duration", "1000"];
  const refused = await runCli(["submit", "double-pendulum", ...options], { env });
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toMatch(/heaviest message takes about \d+ min of a worker .* timeout is 60 s/);
  expect(requests.filter((request) => request.startsWith("lambda POST"))).toEqual([]);
});
