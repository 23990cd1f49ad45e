/** A page's data as a text that lies in its file. */
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import type { PageData } from "../page/page-data.ts";
import { pageBytes } from "../page/page-text.ts";

/** Compressed, in letters that markup has no use for: nothing in the data can end the element that it lies in. */
export async function packedPage(data: PageData): Promise<string> {
  return (await promisify(deflate)(pageBytes(data))).toString("base64");
}
