import { type Agent, get } from "node:http";
import { get as getSafely, Agent as SafeAgent } from "node:https";
import { FIGURE_NAMES, FIGURES, type PriceFile } from "../../shared/plan/prices.ts";
import { InvalidInputError, ManyhandsError } from "../../shared/validation/errors.ts";
import { parseJson, show } from "../../shared/validation/parse.ts";
import { proxyFromEnvironment } from "../cloud/proxy.ts";
import { figureIn, type OfferFile, parseOfferFile } from "./offer-file.ts";

/** Public, without credentials: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api.html */
export const AWS_PRICE_LIST = "https://pricing.us-east-1.amazonaws.com";
/** The largest that is read has some megabytes; that of EC2, which is not, has 480. */
const MOST_BYTES = 64 * 2 ** 20;
const SILENCE_MS = 30_000;

/** An offer file could not be had now. */
export class PriceListError extends ManyhandsError {
  override readonly name = "PriceListError";
  readonly permanent = false;
}

/** Throws InvalidInputError for what is no region's name. */
export function checkRegion(region: string): string {
  if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) return region;
  throw new InvalidInputError("--region", "a region such as eu-west-1", show(region));
}

/**
 * Reads a region's prices from AWS's offer files at `from`, another server that has them where one is named. Throws
 * InvalidInputError that names a usage type without a price, and PriceListError; it is all of them or none.
 */
export async function readPriceList(region: string, from = AWS_PRICE_LIST): Promise<PriceFile> {
  const base = URL.parse(from);
  if (!base || !/^https?:$/.test(base.protocol))
    throw new InvalidInputError("--from", "an address such as http://127.0.0.1:8080", show(from));
  const readFromAws = base.origin === AWS_PRICE_LIST;
  const files = new Map<string, OfferFile>();
  const figures: Record<string, unknown> = {};
  for (const name of FIGURE_NAMES) {
    const { offer } = FIGURES[name];
    const source = `offers/v1.0/aws/${offer}/current/${region}/index.json`;
    const url = new URL(source, base.href.endsWith("/") ? base : `${base.href}/`);
    const file = files.get(offer) ?? parseOfferFile(parseJson(await textAt(url), `${url}`), `${url}`);
    files.set(offer, file);
    figures[name] = figureIn(file, FIGURES[name], { source, readFromAws });
  }
  return { region, figures };
}

function textAt(url: URL): Promise<string> {
  const proxyEnv = proxyFromEnvironment();
  const agent: { readonly agent?: Agent } =
    proxyEnv && url.protocol === "https:" ? { agent: new SafeAgent({ proxyEnv }) } : {};
  const failed = (why: string) => new PriceListError(`Expected a price list at ${url}, ${why}.`);
  return new Promise((resolve, reject) => {
    const ask = url.protocol === "http:" ? get : getSafely;
    const request = ask(url, { ...agent, timeout: SILENCE_MS }, (response) => {
      if (response.statusCode !== 200) {
        reject(failed(`got status ${response.statusCode}`));
        request.destroy();
        return;
      }
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on("data", (part: Buffer) => {
        parts.push(part);
        bytes += part.length;
        if (bytes <= MOST_BYTES) return;
        reject(failed(`got more than ${MOST_BYTES / 2 ** 20} MiB`));
        request.destroy();
      });
      response.on("error", ({ message }) => reject(failed(message)));
      response.on("end", () => resolve(Buffer.concat(parts).toString("utf8")));
    });
    request.on("timeout", () => request.destroy(new Error("it did not answer")));
    request.on("error", ({ message }) => reject(failed(message)));
  });
}
