/** What a job must give, computed once by engine serial; and whether a folder has it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTemporary } from "../../../shared/ports/file/temporaries.ts";
import { Client, MAIN } from "./client.ts";
import { JOB_ID, JOBS, type JobName } from "./journey-jobs.ts";

/** The files that are the same from every engine. */
const RESULTS = /^(array\/.*|result\.npy|(?!timeline)\w+\.png)$/;
const SUMS = ["state", "elements", "sum", "min", "max", "nonFinite", "storedBytes"] as const;

export class Oracle {
  readonly #folders = new Map<JobName, Promise<string>>();

  /** The folder of the job as it must be. */
  folderOf(job: JobName): Promise<string> {
    const known = this.#folders.get(job) ?? compute(job);
    this.#folders.set(job, known);
    return known;
  }

  /** Tells each difference between the folder and what it must be, and what should not lie there any more. */
  async judge(job: JobName, folder: string, differs: (what: string) => void): Promise<void> {
    const expected = await this.folderOf(job);
    const files = new Set([...filesIn(expected), ...filesIn(folder)].filter((name) => RESULTS.test(name)));
    for (const name of files) {
      const [is, should] = [bytesOf(join(folder, name)), bytesOf(join(expected, name))];
      if (!is || !should) differs(`${name} ${is ? "should not be there" : "is not there"}`);
      else if (!is.equals(should)) differs(`${name} has other bytes`);
    }
    const [is, should] = [folder, expected].map((each) => summaryIn(each));
    for (const name of SUMS)
      if (is?.[name] !== should?.[name]) differs(`${name} is ${is?.[name]} instead of ${should?.[name]}`);
    for (const name of filesIn(folder))
      if (isTemporary(name) || /^running[-.]/.test(name)) differs(`${name} is left`);
  }

  async close(): Promise<void> {
    for (const folder of this.#folders.values())
      rmSync(join(await folder, "../.."), { recursive: true, force: true });
  }
}

async function compute(job: JobName): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), "manyhands-oracle-"));
  writeFileSync(join(cwd, "request.json"), JSON.stringify(JOBS[job]));
  const { ended } = await new Client(runOf("serial"), { cwd }).end();
  if (ended.code !== 0) throw new Error(`The oracle's run ended with ${ended.code}: ${ended.stderr}`);
  return join(cwd, "results", JOB_ID);
}

/** The job in request.json, run for the first time. */
export const runOf = (engine: string) => [
  MAIN,
  "run",
  "--request",
  "request.json",
  "--quiet",
  "--engine",
  engine,
];

export function summaryIn(folder: string) {
  const bytes = bytesOf(join(folder, "summary.json"));
  return bytes && JSON.parse(bytes.toString("utf8"));
}

function filesIn(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => {
        return !statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory();
      })
    : [];
}

function bytesOf(path: string): Buffer | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path) : undefined;
}
