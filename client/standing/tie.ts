/** The tie between a worker that was started over ssh and the command that started it: lines on the worker's standard input. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import * as v from "valibot";
import { parse, parseJson } from "../../shared/validation/parse.ts";

/** An empty line each time says that the other end is there. */
export const STILL_HERE_MS = 5_000;
/** After this long without a line the worker takes the connection for ended: its machine may not be told, as where a cable is cut. */
const SILENCE_MS = 60_000;
/** The line that asks for an end once what is begun is done. */
export const DRAIN = "drain";

/** The first line: what the worker is to do. A URL with a password in it is in no list of processes this way. */
const TiedOrdersSchema = v.object({
  queue: v.string(),
  store: v.optional(v.string()),
  workers: v.optional(v.string()),
  kernelUploads: v.optional(v.string()),
  json: v.optional(v.boolean()),
  /** Redis's, where the URL has none. */
  password: v.optional(v.string()),
});
export type TiedOrders = v.InferOutput<typeof TiedOrdersSchema>;

export interface Tie {
  readonly orders: TiedOrders;
  /** Aborted by the line that asks for a drain. */
  readonly drain: AbortSignal;
  /** Aborted at the end of the input, or of the other end. */
  readonly stop: AbortSignal;
  /** Listens no more. */
  end(): void;
}

/** Reads the orders, and listens on. Throws InvalidInputError where the first line has none. */
export async function tieTo(input: Readable): Promise<Tie> {
  const [drain, stop] = [new AbortController(), new AbortController()];
  const first = Promise.withResolvers<string>();
  let timer: NodeJS.Timeout | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), SILENCE_MS);
  };
  const lines = createInterface({ input });
  lines.on("line", (line) => {
    heard();
    first.resolve(line);
    if (line === DRAIN) drain.abort();
  });
  lines.once("close", () => {
    clearTimeout(timer);
    first.resolve("");
    stop.abort();
  });
  heard();
  const orders = parse(TiedOrdersSchema, parseJson(await first.promise, "the first line"), "the first line");
  const end = () => {
    lines.close();
    input.destroy();
  };
  return { orders, drain: drain.signal, stop: stop.signal, end };
}
