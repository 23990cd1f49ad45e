import { onTestFinished } from "vitest";
import { grown, type PageData } from "../../client/page/page-data.ts";
import { readChange, readPage } from "../../client/page/read-page.ts";
import { startCli } from "./cli.ts";
import { temporaryFolder } from "./temporary.ts";

/** A command that shows a job on a page, and the page's address once it is printed. */
export function startWatched(
  args: readonly string[],
  { cwd = temporaryFolder(), env = {} as Readonly<Record<string, string>> } = {},
) {
  const { child, ended, says } = startCli(args, { cwd, env });
  onTestFinished(() => void child.kill("SIGKILL"));
  const url = says(/http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/(?=\s)/);
  return { child, ended, url, cwd };
}

/** How many cells of the page are still empty. */
export const holes = ({ values }: PageData) =>
  values[0]!.cells.reduce((sum, cell) => sum + Number(Number.isNaN(cell)), 0);

/** The page after each event, until its end; `onPage` is called once the first one is there. */
export async function pagesAt(url: string, onPage = () => {}): Promise<PageData[]> {
  const response = await fetch(`${url}events`);
  const pages: PageData[] = [];
  let rest = "";
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    rest += part;
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const [, name, data = ""] = /^event: (\w+)\ndata: (.*)$/s.exec(rest.slice(0, end)) ?? [];
      rest = rest.slice(end + 2);
      if (name === "page" && pages.push(readPage(data)) === 1) onPage();
      if (name === "change") pages.push(grown(pages.at(-1)!, readChange(data)));
      if (name === "end") return pages;
    }
  }
  throw new Error("the events broke off");
}
