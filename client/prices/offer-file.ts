/**
 * Prices out of AWS's public offer files. Their format:
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/bulk-api-reading-price-list-files.html
 */
import * as v from "valibot";
import type { FIGURES, Figure, Tier } from "../../shared/plan/prices.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { parse, show } from "../../shared/validation/parse.ts";

const DimensionSchema = v.object({
  beginRange: v.optional(v.string(), "0"),
  pricePerUnit: v.record(v.string(), v.string()),
});
const TermSchema = v.object({ priceDimensions: v.record(v.string(), DimensionSchema) });
const OfferFileSchema = v.object({
  publicationDate: v.string(),
  products: v.record(
    v.string(),
    v.object({ attributes: v.object({ usagetype: v.optional(v.string(), "") }) }),
  ),
  terms: v.object({ OnDemand: v.record(v.string(), v.record(v.string(), TermSchema)) }),
});
export type OfferFile = v.InferOutput<typeof OfferFileSchema>;

/** Throws InvalidInputError that names the wrong field. */
export function parseOfferFile(document: unknown, what: string): OfferFile {
  return parse(OfferFileSchema, document, what);
}

type Wanted = (typeof FIGURES)[keyof typeof FIGURES];

/**
 * A region's price of what a figure names, by the first of its names that the file has. Throws InvalidInputError that names the usage type where the file lacks it, or has
 * several prices for it, or none in USD.
 */
export function figureIn(
  file: OfferFile,
  { offer, usageTypes }: Wanted,
  origin: Pick<Figure, "source" | "readFromAws">,
): Figure {
  const names = usageTypes.join(" or ");
  const found = usageTypes
    .map((name) =>
      Object.entries(file.products).filter(([, { attributes }]) => isRegional(attributes.usagetype, name)),
    )
    .find((products) => products.length > 0);
  const priced = (found ?? []).flatMap(([sku, { attributes }]) =>
    Object.values(file.terms.OnDemand[sku] ?? {}).map(({ priceDimensions }) => ({
      usageType: attributes.usagetype,
      tiers: tiersOf(Object.values(priceDimensions), attributes.usagetype, origin.source),
    })),
  );
  const [first, ...others] = priced;
  if (!first || first.tiers.length === 0)
    throw new InvalidInputError(
      `usage type ${names} of ${offer}`,
      "priced on demand",
      `none in ${origin.source}`,
    );
  const different = others.find(({ tiers }) => JSON.stringify(tiers) !== JSON.stringify(first.tiers));
  if (different) {
    const both = `${first.tiers[0]!.usd} and ${different.tiers[0]!.usd} USD in ${origin.source}`;
    throw new InvalidInputError(`usage type ${names} of ${offer}`, "one price", both);
  }
  return { usageType: first.usageType, tiers: first.tiers, ...origin, date: dateOf(file, offer) };
}

/** `EU-Request` is the `Request` of a region; `Global-Request` is the free amount. */
function isRegional(usageType: string, name: string): boolean {
  return usageType.endsWith(name) && /^([A-Z]{2,4}\d?-)?$/.test(usageType.slice(0, -name.length));
}

function tiersOf(
  dimensions: readonly v.InferOutput<typeof DimensionSchema>[],
  usageType: string,
  source: string,
): Tier[] {
  return dimensions
    .map(({ beginRange, pricePerUnit: { USD = "" } }) => {
      const [from, usd] = [Number(beginRange), USD === "" ? Number.NaN : Number(USD)];
      if (!(from >= 0 && usd >= 0))
        throw new InvalidInputError(`the price of ${usageType} in ${source}`, "a number of USD", show(USD));
      return { from, usd };
    })
    .sort((a, b) => a.from - b.from);
}

function dateOf({ publicationDate }: OfferFile, offer: string): string {
  const [date] = /^\d{4}-\d\d-\d\d/.exec(publicationDate) ?? [];
  if (date) return date;
  throw new InvalidInputError(`the publication date of ${offer}`, "a date", show(publicationDate));
}
