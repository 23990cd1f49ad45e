/** The prices that a user had read from AWS: a file for each region, which may be deleted. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { type PriceFile, type Prices, pricesOf } from "../../shared/plan/prices.ts";
import { MOST_RECORD_BYTES } from "../../shared/ports/bounded.ts";
import { readRegularFile } from "../../shared/ports/file/regular-file.ts";
import { writeWhole } from "../../shared/ports/file/write-whole.ts";
import { finite } from "../../shared/validation/numbers.ts";
import { parse, parseJson } from "../../shared/validation/parse.ts";
import { ownDataFolder } from "./own-data.ts";

const FigureSchema = v.object({
  usageType: v.string(),
  tiers: v.pipe(
    v.array(v.object({ from: finite, usd: finite })),
    v.minLength(1, "a list of at least one tier"),
  ),
  source: v.string(),
  date: v.pipe(v.string(), v.isoDate("a date such as 2026-11-28")),
  readFromAws: v.boolean("true or false"),
});
const PriceFileSchema = v.object({
  region: v.string(),
  figures: v.object({
    ...{ lambdaGbSecondX86: v.optional(FigureSchema), lambdaGbSecondArm: v.optional(FigureSchema) },
    ...{ lambdaRequestX86: v.optional(FigureSchema), lambdaRequestArm: v.optional(FigureSchema) },
    ...{ sqsRequest: v.optional(FigureSchema), s3Put: v.optional(FigureSchema) },
    ...{ s3Get: v.optional(FigureSchema), s3GbMonth: v.optional(FigureSchema) },
    ...{ logsGb: v.optional(FigureSchema), egressGb: v.optional(FigureSchema) },
  }),
});

const ownPricesFolder = () => join(ownDataFolder(), "prices");

export const ownPricesPath = (region: string): string => join(ownPricesFolder(), `${region}.json`);

/** What is there; nothing where no prices were read. Throws InvalidInputError that names a damaged file. */
export function readOwnPrices(): PriceFile[] {
  return namesIn(ownPricesFolder())
    .filter((name) => name.endsWith(".json"))
    .map((name) => {
      const path = join(ownPricesFolder(), name);
      const hint = "Delete it, and the prices that come with manyhands hold.";
      const text = readRegularFile(path, MOST_RECORD_BYTES).toString("utf8");
      return parse(PriceFileSchema, parseJson(text, path, hint), path, hint);
    });
}

/** A region's prices by what is here. A job does not fail for a damaged file: `manyhands prices` names it. */
export function pricesHere(region: string): Prices {
  try {
    return pricesOf(region, readOwnPrices());
  } catch {
    return pricesOf(region);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Writes the region's file, whole or not at all. Returns its path. */
export function writeOwnPrices(prices: PriceFile): string {
  const path = ownPricesPath(prices.region);
  writeWhole(path, `${JSON.stringify(prices, null, 2)}\n`);
  return path;
}
