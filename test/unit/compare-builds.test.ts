import { expect, test } from "vitest";
import { compareBuilds } from "../../cli/commands/compare-builds.ts";
import { buildToDeploy } from "../../shared/build/of-stages.ts";

const here = buildToDeploy();
const compared = (build: object | string | undefined, version = here.version) =>
  compareBuilds(version, typeof build === "object" ? JSON.stringify(build) : build, here);

test("a deployment of these sources is as here", () => {
  expect(compared(here)).toEqual({ state: "ok", text: `${here.version}, of the same sources as here` });
});

test.each([
  ["another version", here, "0.0.1", "0.0.1 is deployed, 0.1.0 is here"],
  [
    "another kernel",
    { ...here, kernels: { ...here.kernels, julia: "0123456789abcdef" } },
    here.version,
    "0.1.0, as here, but with other sources of kernel julia",
  ],
  [
    "a kernel too few and one too many",
    { ...here, kernels: { ...here.kernels, julia: undefined, newton: "0123456789abcdef" } },
    here.version,
    "0.1.0, as here, but with other sources of kernels julia, newton",
  ],
  [
    "other stages",
    { ...here, stages: "0123456789abcdef" },
    here.version,
    "0.1.0 with the kernels as here, but other sources of its functions",
  ],
  ["no word of its sources", undefined, here.version, "0.1.0, as here, but it does not say of which sources"],
  ["no readable word", "{}", here.version, "0.1.0, as here, but it does not say of which sources"],
])("a deployment of %s is not", (_, build, version, text) => {
  expect(compared(build, version)).toMatchObject({ state: "warning", text });
});

test("what is deployed is known by few characters, which follow from the sources alone", () => {
  expect(buildToDeploy()).toEqual(here);
  expect(here.stages).toMatch(/^[0-9a-f]{16}$/);
  expect(JSON.stringify(here).length).toBeLessThan(500);
});
