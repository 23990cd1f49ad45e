import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { FIGURE_NAMES, FIGURES } from "../../shared/plan/prices.ts";

interface Product {
  readonly usagetype: string;
  /** USD, by the amount from which it holds. */
  readonly prices: Readonly<Record<string, string>>;
}
type Offers = Record<string, Product[]>;

/** A product for each figure, the first at 1 USD, the second at 2 and so on, as eu-west-1 names them. */
export function offers(): Offers {
  const made: Offers = {};
  for (const [k, name] of FIGURE_NAMES.entries()) {
    const { offer, usageTypes } = FIGURES[name];
    made[offer] ??= [];
    made[offer].push({ usagetype: `EU-${usageTypes[0]}`, prices: { "0": `${k + 1}.0000000000` } });
  }
  return made;
}

/** A server that has them as AWS's price list would, with what is beside them there: terms for years, and products without a price. */
export async function priceListServer(have: Offers, publicationDate = "2026-11-20T08:00:00Z") {
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    const products = have[url.split("/")[4] ?? ""];
    if (!products) response.writeHead(404).end();
    else response.end(JSON.stringify(fileOf(products, publicationDate)));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function fileOf(products: readonly Product[], publicationDate: string): object {
  const skus = products.map((product, k) => [`SKU${k}`, product] as const);
  const dimensions = ({ prices }: Product, sku: string) =>
    Object.fromEntries(
      Object.entries(prices).map(([beginRange, USD], k) => [
        `${sku}.T.${k}`,
        { unit: "any", beginRange, endRange: "Inf", pricePerUnit: { USD } },
      ]),
    );
  return {
    formatVersion: "v1.0",
    publicationDate,
    products: {
      NOPRICE: { sku: "NOPRICE", attributes: {} },
      ...Object.fromEntries(skus.map(([sku, { usagetype }]) => [sku, { sku, attributes: { usagetype } }])),
    },
    terms: {
      OnDemand: Object.fromEntries(
        skus.map(([sku, product]) => [
          sku,
          { [`${sku}.T`]: { sku, priceDimensions: dimensions(product, sku) } },
        ]),
      ),
      Reserved: {},
    },
  };
}
