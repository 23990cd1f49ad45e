import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { type PricesOptions, prices } from "../../../cli/commands/prices.ts";
import { ownPricesPath } from "../../../client/prices/own-prices.ts";
import { PriceListError } from "../../../client/prices/refresh.ts";
import { describeError } from "../../../shared/validation/errors.ts";
import { offers, priceListServer } from "../../helpers/offer-files.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

beforeEach(() => {
  vi.stubEnv("XDG_DATA_HOME", temporaryFolder());
  return () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    vi.useRealTimers();
  };
});

/** What the command prints. */
async function printed(options: PricesOptions) {
  const out: string[] = [];
  const errors: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
  vi.spyOn(process.stderr, "write").mockImplementation((text) => errors.push(String(text)) > 0);
  expect(await prices(options)).toBe(0);
  return { out: out.join(""), errors: errors.join("") };
}

test("every figure has its price, usage type and source, and says that it was not read from AWS", async () => {
  const { out } = await printed({ region: "ap-northeast-1" });
  const lines = out.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^Prices of ap-northeast-1, 2026-09-23 \(\d+ days old\)$/);
  expect(lines.find((line) => line.startsWith("s3Put"))).toMatch(
    /^s3Put +0\.0000047 +USD a PUT, POST or LIST +AmazonS3 APN1-Requests-Tier1 +2026-11-28 +not read from AWS: secondary/,
  );
  const { out: json } = await printed({ json: true });
  const tables = JSON.parse(json) as {
    region: string;
    figures: { s3Get: { of: string; readFromAws: boolean } };
  }[];
  expect(tables.map(({ region }) => region)).toEqual(["us-east-1", "eu-west-1", "ap-northeast-1"]);
  expect(tables[1]?.figures.s3Get).toMatchObject({ of: "us-east-1", readFromAws: false });
});

test("--refresh keeps what it read in a file of the region, which holds from then on until it is deleted", async () => {
  const { address } = await priceListServer(offers());
  const { out, errors } = await printed({ region: "eu-west-1", refresh: true, from: address });
  const path = ownPricesPath("eu-west-1");
  expect(errors).toContain(`Written to ${path}; delete it`);
  expect(out).toMatch(/^Prices of eu-west-1, 2026-11-20 /);
  expect(out).toMatch(/^s3Put +6 +USD a PUT.* +not read from AWS: offers\//m);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ region: "eu-west-1" });
  expect((await printed({ region: "eu-west-1" })).out).toBe(out);
});

test("nothing is written unless all that was asked for could be read", async () => {
  const have = offers();
  have.AmazonS3!.shift();
  const { address } = await priceListServer(have);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await expect(prices({ region: "eu-west-1", refresh: true, from: address })).rejects.toThrow(
    "Expected usage type Requests-Tier1 of AmazonS3 to be priced on demand, got none in offers",
  );
  expect(existsSync(ownPricesPath("eu-west-1"))).toBe(false);
});

test.each([
  [{ region: "Europe" }, 'Expected --region to be a region such as eu-west-1, got "Europe".'],
  [{ region: "../../etc" }, 'Expected --region to be a region such as eu-west-1, got "../../etc".'],
  [
    { from: "http://127.0.0.1" },
    'Expected --from to be given together with --refresh, got "http://127.0.0.1".',
  ],
])("%j is refused in a sentence", async (options, sentence) => {
  await expect(prices(options)).rejects.toThrow(sentence);
});

test("a damaged file of prices is named, with how to be rid of it", async () => {
  const path = ownPricesPath("eu-west-1");
  mkdirSync(join(path, ".."), { recursive: true });
  for (const text of ["{", '{"region":"eu-west-1","figures":{"s3Put":{"tiers":[]}}}']) {
    writeFileSync(path, text);
    await expect(prices({})).rejects.toThrow(/eu-west-1\.json.* Delete it, and the prices that come with/s);
  }
});

test("prices that are more than 90 days old are called old", async () => {
  vi.useFakeTimers({ now: Date.parse("2026-12-18T00:00:00Z"), toFake: ["Date"] });
  expect((await printed({ region: "us-east-1" })).errors).toBe("");
  vi.setSystemTime(Date.parse("2026-12-19T00:00:00Z"));
  expect((await printed({ region: "us-east-1" })).errors).toContain(
    "The prices of us-east-1 are 91 days old (2026-09-19)",
  );
});

test("a price list that cannot be had is said in a sentence", () => {
  const error = new PriceListError("Expected a price list at http://127.0.0.1:1, got status 404.");
  expect(describeError(error)).toBe(error.message);
});
