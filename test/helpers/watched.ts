import { vi } from "vitest";
import { startCli } from "./cli.ts";
import { temporaryFolder } from "./temporary.ts";

/** A command that shows a job on a page, and the page's address once it is printed. */
export function startWatched(args: readonly string[], cwd = temporaryFolder()) {
  const { child, ended } = startCli(args, { cwd });
  let said = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.on("data", (text) => {
      said += text;
    });
  const url = vi
    .waitUntil(() => /http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/(?=\s)/.exec(said)?.[0], { timeout: 30_000 })
    .then((found) => found ?? "");
  return { child, ended, url, cwd };
}
