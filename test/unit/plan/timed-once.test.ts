import { beforeEach, expect, test, vi } from "vitest";
import { planJob } from "../../../client/predictions/plan-job.ts";
import type { PlannedDeployment } from "../../../shared/plan/planned-deployment.ts";
import { builtIn, resolvedJob } from "../../helpers/kernels.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const chunksCost = vi.hoisted(() => vi.fn());
vi.mock("../../../client/kernels/cell-cost.ts", () => ({ chunksCost }));

beforeEach(() => vi.stubEnv("XDG_DATA_HOME", temporaryFolder()));

const kernel = builtIn("mandelbrot");
const deployment: PlannedDeployment = {
  ...({ memoryMb: 1769, timeoutSeconds: 60, architecture: "arm64", region: "us-east-1" } as const),
  cap: { burst: 720, mapping: 180 },
};
const asked = { job: resolvedJob({ kernel: "mandelbrot" }), kernel, deployment, workers: 2, cores: 2 };
const seconds = (expected: number) => ({ low: expected, expected, high: expected });

test.each(["dear", "unknown"] as const)(
  "cells that were found %s when the job was cut are not timed again",
  async (cost) => {
    const { basis } = await planJob({ ...asked, cost });
    expect(basis).toBe("estimated");
    expect(chunksCost).not.toHaveBeenCalled();
  },
);

test("what is measured for a plan orders the fleet of the plan, as it will order the splitter's", async () => {
  const of = async (measured: number) => {
    const cost = { warmUp: 0, together: 1, share: { alone: 1, together: 1 }, seconds: seconds(measured) };
    chunksCost.mockResolvedValueOnce(cost);
    const job = resolvedJob({ kernel: "double-pendulum", points: [1000, 1000] });
    const { basis, figures, engines } = await planJob({ ...asked, job, kernel: builtIn("double-pendulum") });
    expect(basis).toBe("measured");
    return [figures.workers, engines.aws!.workers];
  };
  const [few, many] = [await of(20), await of(200)];
  expect(few[0]).toBeLessThan(many[0]!);
  expect(few[0]).toBe(few[1]);
  expect(many[0]).toBe(many[1]);
});
