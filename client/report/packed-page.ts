/** A page's data as a text that lies in its file. */
import { deflateSync } from "node:zlib";
import type { PageData } from "../page/page-data.ts";
import { pageBytes } from "../page/page-text.ts";

/** Takes a third of the usual one's time, for 12 KB more of the default job's. */
const LEVEL = 1;

/** Compressed, in letters that markup has no use for: nothing in the data can end the element that it lies in. */
export const packedPage = (data: PageData): string =>
  deflateSync(pageBytes(data), { level: LEVEL }).toString("base64");
