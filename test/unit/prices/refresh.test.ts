import { expect, test } from "vitest";
import { PriceListError, readPriceList } from "../../../client/prices/refresh.ts";
import { FIGURE_NAMES, FIGURES, pricesOf } from "../../../shared/plan/prices.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import { offers, priceListServer } from "../../helpers/offer-files.ts";

test("each figure is what its usage type costs on demand, with where and when it was read", async () => {
  const { address, asked } = await priceListServer(offers());
  const file = await readPriceList("eu-west-1", address);
  expect(FIGURE_NAMES.map((name) => file.figures[name]?.tiers)).toEqual(
    FIGURE_NAMES.map((_, k) => [{ from: 0, usd: k + 1 }]),
  );
  expect(file.figures.s3Put).toEqual({
    ...{
      usageType: "EU-Requests-Tier1",
      tiers: [{ from: 0, usd: 6 }],
      date: "2026-11-20",
      readFromAws: false,
    },
    source: "offers/v1.0/aws/AmazonS3/current/eu-west-1/index.json",
  });
  // A file once, however many figures it has.
  expect(asked).toEqual(
    [...new Set(FIGURE_NAMES.map((name) => FIGURES[name].offer))].map(
      (offer) => `/offers/v1.0/aws/${offer}/current/eu-west-1/index.json`,
    ),
  );
  expect(pricesOf("eu-west-1", [file])).toMatchObject({
    date: "2026-11-20",
    figures: { s3Put: { of: "eu-west-1" } },
  });
});

test("an address may have a path before AWS's", async () => {
  const { address, asked } = await priceListServer({});
  await expect(readPriceList("eu-west-1", `${address}/mirror`)).rejects.toThrow(PriceListError);
  expect(asked).toEqual(["/mirror/offers/v1.0/aws/AWSLambda/current/eu-west-1/index.json"]);
});

test("tiers are put in order, and what other regions, free amounts and longer names cost is no price of it", async () => {
  const have = offers();
  have.AWSLambda = [
    ...have.AWSLambda!.filter(({ usagetype }) => usagetype !== "EU-Request"),
    { usagetype: "EU-Request", prices: { "1000": "0.1", "0": "0.2" } },
    { usagetype: "Global-Request", prices: { "0": "0" } },
    { usagetype: "EU-Edge-Request", prices: { "0": "7" } },
    { usagetype: "EU-Request-Provisioned", prices: { "0": "8" } },
  ];
  const { address } = await priceListServer(have);
  const { figures } = await readPriceList("eu-west-1", address);
  expect(figures.lambdaRequestX86?.tiers).toEqual([
    { from: 0, usd: 0.2 },
    { from: 1000, usd: 0.1 },
  ]);
});

test("of a usage type that has two names, the first that is there counts", async () => {
  const have = offers();
  const other = { usagetype: "EU-Requests-Tier1", prices: { "0": "99" } };
  have.AWSQueueService!.unshift(other);
  const both = await priceListServer(have);
  const { figures } = await readPriceList("eu-west-1", both.address);
  expect(figures.sqsRequest).toMatchObject({ usageType: "EU-Requests-RBP", tiers: [{ from: 0, usd: 5 }] });
  const alone = await priceListServer({ ...have, AWSQueueService: [other] });
  const older = await readPriceList("eu-west-1", alone.address);
  expect(older.figures.sqsRequest).toMatchObject({
    usageType: "EU-Requests-Tier1",
    tiers: [{ from: 0, usd: 99 }],
  });
});

test.each(FIGURE_NAMES)("a file without the usage type of %s gives no prices at all", async (name) => {
  const { offer, usageTypes } = FIGURES[name];
  const have = offers();
  have[offer] = have[offer]!.filter(({ usagetype }) => usagetype !== `EU-${usageTypes[0]}`);
  const { address } = await priceListServer(have);
  const refused = readPriceList("eu-west-1", address);
  await expect(refused).rejects.toThrow(InvalidInputError);
  await expect(refused).rejects.toThrow(
    `Expected usage type ${usageTypes.join(" or ")} of ${offer} to be priced`,
  );
});

test.each([
  ["two prices", { usagetype: "EU-Request", prices: { "0": "9" } }, /one price, got 3 and 9 USD in offers/],
  ["no number", { usagetype: "EU-Request", prices: { "0": "cheap" } }, /a number of USD, got "cheap"/],
  ["no USD", { usagetype: "EU-Request", prices: { "0": "" } }, /a number of USD, got ""/],
])("a usage type with %s is refused", async (_, product, sentence) => {
  const have = offers();
  have.AWSLambda!.push(product);
  const { address } = await priceListServer(have);
  await expect(readPriceList("eu-west-1", address)).rejects.toThrow(sentence);
});

test("a file without a date, or that is none, is refused with its address", async () => {
  const { address } = await priceListServer(offers(), "lately");
  await expect(readPriceList("eu-west-1", address)).rejects.toThrow(/a date, got "lately"/);
  await expect(readPriceList("eu-west-1", "ftp://127.0.0.1")).rejects.toThrow(/--from to be an address/);
  await expect(readPriceList("eu-west-1", "http://127.0.0.1:1")).rejects.toThrow(
    /^Expected a price list at http:\/\/127\.0\.0\.1:1\/offers.*, connect ECONNREFUSED/,
  );
});
