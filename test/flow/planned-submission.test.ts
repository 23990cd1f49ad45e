import { json } from "node:stream/consumers";
import { expect, test } from "vitest";
import { planRound } from "../../shared/plan/plan.ts";
import { runCli } from "../helpers/cli.ts";
import { deploymentServer } from "../helpers/deployment-server.ts";
import { builtIn } from "../helpers/kernels.ts";
import { Stages } from "../helpers/stages.ts";

test("submit says the splitter's plan in a line, and with --json as an object", async () => {
  const stages = new Stages();
  const { env } = await deploymentServer({
    instead: (service, request, response) => {
      if (service !== "lambda") return false;
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
    /^Submitting said .*\nPlanned: 25 ms of computing, 25 ms at the least with 1 worker; 4\.00 kB, .* requests\.\nSubmitted: .*\n$/,
  );
  expect([printed.code, printed.stderr]).toEqual([0, ""]);
  const { plan } = JSON.parse(printed.stdout) as { plan: unknown };
  expect(plan).toEqual(planRound(stages.store.json("jobs/printed/job.json"), builtIn("mandelbrot")).figures);
});
