import { ownPricesPath, readOwnPrices, writeOwnPrices } from "../../client/prices/own-prices.ts";
import { AWS_PRICE_LIST, checkRegion, readPriceList } from "../../client/prices/refresh.ts";
import {
  ageInDays,
  BUILT_IN_PRICES,
  DAYS_UNTIL_OLD,
  FIGURE_NAMES,
  type Prices,
  pricesOf,
} from "../../shared/plan/prices.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { columns, jsonLine } from "../terminal/text.ts";

export interface PricesOptions {
  /** Several with commas; none: those that come with the program and those that were read. */
  readonly region?: string;
  readonly refresh?: boolean;
  /** Another server than AWS's that has its offer files. */
  readonly from?: string;
  readonly json?: boolean;
}

/** `manyhands prices`: what jobs are priced by; with `--refresh`, first read anew from AWS. Returns the exit code. */
export async function prices({ region, refresh, from, json }: PricesOptions): Promise<number> {
  const named = region?.split(",").map(checkRegion);
  if (from !== undefined && !refresh)
    throw new InvalidInputError("--from", "given together with --refresh", printable(JSON.stringify(from)));
  const regions = named ?? BUILT_IN_PRICES.map((file) => file.region);
  if (refresh) await refreshed(regions, from, json ?? false);
  const own = readOwnPrices();
  const shown = named ?? [...new Set([...regions, ...own.map((file) => file.region)])];
  const tables = shown.map((name) => pricesOf(name, own));
  if (json) process.stdout.write(jsonLine(tables.map((table) => ({ ...table, ageDays: age(table) }))));
  else process.stdout.write(tables.map(asText).join("\n"));
  for (const table of tables) warnIfOld(table);
  return 0;
}

/** Everything is read before anything is written. */
async function refreshed(regions: readonly string[], from = AWS_PRICE_LIST, isQuiet: boolean): Promise<void> {
  const files = [];
  for (const region of regions) {
    if (!isQuiet) process.stderr.write(`Reading the prices of ${region} from ${printable(from)} …\n`);
    files.push(await readPriceList(region, from));
  }
  for (const path of files.map(writeOwnPrices))
    process.stderr.write(`Written to ${printable(path)}; delete it to have the former prices again.\n`);
}

const age = (table: Prices) => ageInDays(table, Date.now());

function asText(table: Prices): string {
  const { region, date, figures } = table;
  const rows = FIGURE_NAMES.flatMap((name) => {
    const { tiers, unit, offer, usageType, of, readFromAws, source, date: read } = figures[name];
    const origin = `${readFromAws ? "read from AWS" : "not read from AWS"}: ${source}`;
    const whose = of === region ? origin : `${of}'s, as ${region}'s was not found; ${origin}`;
    return tiers.map(({ from, usd }, k) => [
      k === 0 ? name : "",
      usd.toPrecision(6).replace(/\.?0+(e|$)/, "$1"),
      k === 0 ? `USD a ${unit}` : `above ${from.toExponential().replace("e+", "e")} a month`,
      k === 0 ? `${offer} ${usageType}` : "",
      k === 0 ? read : "",
      k === 0 ? whose : "",
    ]);
  });
  const heading = ["figure", "price", "", "usage type", "date", "source"];
  return `Prices of ${printable(region)}, ${date} (${age(table)} days old)\n${columns([heading, ...rows].map((row) => row.map(printable)))}`;
}

function warnIfOld(table: Prices): void {
  if (age(table) <= DAYS_UNTIL_OLD) return;
  process.stderr.write(
    `The prices of ${printable(table.region)} are ${age(table)} days old (${table.date}); \`manyhands prices --refresh\` reads them anew. Yours are in ${printable(ownPricesPath(table.region))}, where there are any.\n`,
  );
}
