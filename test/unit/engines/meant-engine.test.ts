import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { mostWorkers, placeAsked } from "../../../api/place.ts";
import { siteOf } from "../../../client/cloud/deployment-site.ts";
import { type EngineAsked, engineAsked, engineNamed, remoteMeant } from "../../../client/engines/engines.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";

beforeEach(() => vi.stubEnv("MANYHANDS_REDIS", ""));
afterEach(() => vi.unstubAllEnvs());

const redis = "redis://hub";

test("how many workers a run may name: those of this machine, which it also brings where no Redis is named", () => {
  const most = (name: string, at = {}) => mostWorkers(engineNamed(name), at);
  expect(["serial", "threads", "local", "redis"].map((name) => most(name))).toEqual([1, 64, 64, 64]);
  expect(most("aws")).toHaveProperty("setBy");
  expect(most("redis", { redis })).toHaveProperty("setBy");
  expect(most("redis", { store: "s3://b" })).toBe(64);
  expect(placeAsked({ engine: "redis", workers: 3 }).workers).toBe(3);
  expect(() => placeAsked({ redis, workers: 3 })).toThrow("whose machines say how many, got 3.");
  vi.stubEnv("MANYHANDS_REDIS", redis);
  expect(most("redis")).toHaveProperty("setBy");
});

describe("the engine that options mean", () => {
  test.each([
    [{}, undefined, "aws"],
    [{ stack: "S" }, undefined, "aws"],
    [{ redis }, "redis", "redis"],
    [{ store: "s3://b" }, "redis", "redis"],
    [{ engine: "redis" }, "redis", "redis"],
    [{ engine: "threads" }, "threads", "aws"],
  ])("%j", (asked: EngineAsked, engine, remote) => {
    expect(engineAsked(asked)?.name).toBe(engine);
    expect(remoteMeant(asked).name).toBe(remote);
  });

  test("a Redis in the environment is meant where no stack is, and changes nothing of what is computed here", () => {
    vi.stubEnv("MANYHANDS_REDIS", redis);
    expect(remoteMeant({}).name).toBe("redis");
    expect(remoteMeant({ stack: "S" }).name).toBe("aws");
    expect(engineAsked({})).toBeUndefined();
    const texts = { place: "here", region: "here", bucket: "b", idleCost: "", removal: "" };
    const deployment = { stack: "Manyhands", ...texts } as never;
    expect(siteOf(deployment).options).toEqual(["--stack", "Manyhands"]);
    vi.stubEnv("MANYHANDS_REDIS", "");
    expect(siteOf(deployment).options).toEqual([]);
  });

  test.each([
    [{ engine: "local", redis }, "Expected --redis to be left out on engine local, got one."],
    [{ engine: "aws", store: "redis" }, "Expected --store to be left out on engine aws, got one."],
    [{ stack: "S", redis: "redis://:hush@hub" }, "Expected --stack to be left out on engine redis, got one."],
    [
      { engine: "aws", redis: "redis://:hush@hub" },
      "Expected --redis to be left out on engine aws, got one.",
    ],
  ])("%j is refused, and no password is said", (asked, sentence) => {
    for (const meant of [engineAsked, remoteMeant]) {
      expect(() => meant(asked)).toThrow(InvalidInputError);
      expect(() => meant(asked)).toThrow(sentence);
    }
  });
});
