/** What AWS asks for, as data with a date: each figure says where it was read. Pure; nothing here asks a network. */
import apNortheast1 from "./prices/ap-northeast-1.json" with { type: "json" };
import euWest1 from "./prices/eu-west-1.json" with { type: "json" };
import usEast1 from "./prices/us-east-1.json" with { type: "json" };

/** The price of a unit, by the month's amount in the account: each tier is for what is above `from`. */
export interface Tier {
  readonly from: number;
  readonly usd: number;
}

/** One of AWS's prices, as read on a day. */
export interface Figure {
  readonly usageType: string;
  /** The lowest first, which is from 0 on. */
  readonly tiers: readonly Tier[];
  readonly source: string;
  /** YYYY-MM-DD: when the source says that AWS published it or, where it does not say, when it was looked up. */
  readonly date: string;
  /** False for a figure that was copied from a transcription. */
  readonly readFromAws: boolean;
}

/**
 * The figures by name, with what AWS's offer files call them. A region's own usage types have its code in front, as `EU-Request`;
 * those of us-east-1 mostly have none. Where there are several names, regions differ in them.
 */
export const FIGURES = {
  lambdaGbSecondX86: { offer: "AWSLambda", usageTypes: ["Lambda-GB-Second"], unit: "GB-second" },
  lambdaGbSecondArm: { offer: "AWSLambda", usageTypes: ["Lambda-GB-Second-ARM"], unit: "GB-second" },
  lambdaRequestX86: { offer: "AWSLambda", usageTypes: ["Request"], unit: "request" },
  lambdaRequestArm: { offer: "AWSLambda", usageTypes: ["Request-ARM"], unit: "request" },
  sqsRequest: {
    offer: "AWSQueueService",
    usageTypes: ["Requests-RBP", "Requests-Tier1"],
    unit: "request of 64 KiB",
  },
  s3Put: { offer: "AmazonS3", usageTypes: ["Requests-Tier1"], unit: "PUT, POST or LIST" },
  s3Get: { offer: "AmazonS3", usageTypes: ["Requests-Tier2"], unit: "GET" },
  s3GbMonth: { offer: "AmazonS3", usageTypes: ["TimedStorage-ByteHrs"], unit: "GB-month" },
  logsGb: { offer: "AmazonCloudWatch", usageTypes: ["DataProcessing-Bytes"], unit: "GB" },
  egressGb: { offer: "AWSDataTransfer", usageTypes: ["DataTransfer-Out-Bytes"], unit: "GB" },
} as const;
export type FigureName = keyof typeof FIGURES;
export const FIGURE_NAMES = Object.keys(FIGURES) as readonly FigureName[];

/** A region's own figures; those that were not found are absent. */
export interface PriceFile {
  readonly region: string;
  readonly figures: { readonly [Name in FigureName]?: Figure | undefined };
}

interface PricedFigure extends Figure {
  /** The service's code in AWS's price list. */
  readonly offer: string;
  readonly unit: string;
  /** The region that it is of: another one where the region's own was not found. */
  readonly of: string;
}

/** Every figure for a region. */
export interface Prices {
  readonly region: string;
  readonly figures: Readonly<Record<FigureName, PricedFigure>>;
  /** YYYY-MM-DD: the oldest date among the figures. */
  readonly date: string;
}

/** Whose figures stand in where a region's own were not found. */
export const FALLBACK_REGION = "us-east-1";
/** The regions whose figures come with the program. */
export const BUILT_IN_PRICES: readonly PriceFile[] = [usEast1, euWest1, apNortheast1];

/**
 * The prices of a region. A user's `own` files go before those that come with the program.
 * @example
 * pricesOf("eu-west-1").figures.s3Put.of; // "us-east-1": its own price was not found
 */
export function pricesOf(region: string, own: readonly PriceFile[] = []): Prices {
  const files = [...own, ...BUILT_IN_PRICES];
  const [native, fallback] = [region, FALLBACK_REGION].map((wanted) =>
    files.filter((file) => file.region === wanted),
  );
  const found = FIGURE_NAMES.map((name) => {
    const file = [...native!, ...fallback!].find(({ figures }) => figures[name])!;
    const { offer, unit } = FIGURES[name];
    return [name, { ...file.figures[name]!, offer, unit, of: file.region }] as const;
  });
  const date = found.map(([, figure]) => figure.date).reduce((a, b) => (a < b ? a : b));
  return { region, date, figures: Object.fromEntries(found) as unknown as Prices["figures"] };
}

/** What no plan is priced by. */
const UNPLANNED: readonly FigureName[] = ["s3GbMonth", "egressGb"];

/** The figures of plans that are another region's, since the region's own were not found. */
export function lackingIn({ region, figures }: Prices): FigureName[] {
  return FIGURE_NAMES.filter((name) => figures[name].of !== region && !UNPLANNED.includes(name));
}

/** The same as a clause after the region's name; empty where all are its own. */
export function lackingText(lacking: readonly string[]): string {
  if (lacking.length === 0) return "";
  const which = lacking.length === FIGURE_NAMES.length - UNPLANNED.length ? "all" : lacking.join(", ");
  return ` (${FALLBACK_REGION}'s where its own are unknown: ${which})`;
}

/** After this many days prices are called old. */
export const DAYS_UNTIL_OLD = 90;

/** How many days ago (at `nowMs`, epoch ms) the prices' date was. */
export function ageInDays({ date }: Pick<Prices, "date">, nowMs: number): number {
  return Math.floor((nowMs - Date.parse(date)) / 86_400_000);
}

/** The price of an amount within a month in which the account used nothing else. */
export function usdOfAmount(amount: number, { tiers }: Pick<Figure, "tiers">): number {
  return tiers.reduce((sum, { from, usd }, k) => {
    const until = tiers[k + 1]?.from ?? Number.POSITIVE_INFINITY;
    return sum + usd * Math.max(0, Math.min(amount, until) - from);
  }, 0);
}
