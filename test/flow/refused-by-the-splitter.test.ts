import { expect, test } from "vitest";
import { localEngine } from "../../cli/engines/local.ts";
import { describeError, isPermanent } from "../../shared/errors.ts";
import { runEngine } from "../helpers/run-engine.ts";

test("what the splitter refuses for good is bad input on engine local too, in its own words", async () => {
  const refusal = await runEngine(localEngine(), { kernel: "nosuch" }).catch((error: unknown) => error);
  expect(isPermanent(refusal)).toBe(true);
  expect(describeError(refusal)).toMatch(/^Expected kernel to be one of .*, got "nosuch"/);
});
