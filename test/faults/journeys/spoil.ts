/** Incidents between two runs: what lies in the folder is not what was left there. */
import { cpSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXIT_CODES } from "../../../cli/terminal/exit-codes.ts";
import { mountsOf } from "../../../client/engines/engine.ts";
import { bootId } from "../../../client/job-folder/claim/claim-file.ts";
import { FileStore } from "../../../shared/ports/file/file-store.ts";
import { cancelJob } from "../../../shared/record/control.ts";
import { chunksIn } from "./client.ts";
import { type Damage, damagedFile, type FileName, outcomeOf, WAYS, type Way } from "./damage.ts";
import type { EngineName } from "./draw-journey.ts";
import { JOB_ID } from "./journey-jobs.ts";
import { summaryIn } from "./oracle.ts";
import type { Road } from "./road.ts";

/** One chunk is replaced by what is no file: that one fails, and no other. */
export async function spoilChunk(
  road: Road,
  engine: EngineName,
  { way }: { readonly way: Way },
): Promise<void> {
  const [, first = ""] = chunksIn(road.folder);
  WAYS[way](join(road.folder, first));
  road.strike();
  await road.expectEnd(road.start(engine), [EXIT_CODES.incomplete]);
  expectOneFailure(road, first);
  rmSync(join(road.folder, first), { recursive: true });
}

/**
 * Resumes again and again, each time after what the last one named was put back from a copy: it must name a file for as long
 * as there is one to name, then let fail what cannot be read, and pass everything else over.
 */
export async function damageFolder(
  road: Road,
  engine: EngineName,
  { damages }: { readonly damages: readonly Damage[] },
): Promise<void> {
  await cancelJob(new FileStore(mountsOf(JOB_ID, road.folder)), JOB_ID, Date.now());
  const found = damages.map((damage) => {
    const name = placeOf(road.folder, damage.file);
    const path = join(road.folder, name);
    const copy = join(road.cwd, `${damage.file}.copy`);
    if (damagedFile(damage.file).planted) plant(path);
    cpSync(path, copy);
    WAYS[damage.way](path);
    return { damage, name, path, copy, outcome: outcomeOf(damage, engine) };
  });
  road.strike();
  const putBack = ({ path, copy }: (typeof found)[number]) => {
    rmSync(path, { recursive: true, force: true });
    cpSync(copy, path);
  };
  for (const one of found.filter(({ outcome }) => outcome === "named")) {
    await road.expectEnd(road.start(engine), [EXIT_CODES.badInput], said(found));
    putBack(one);
  }
  const failing = found.find(({ outcome }) => outcome === "fails");
  await road.expectEnd(road.start(engine), [failing ? EXIT_CODES.incomplete : EXIT_CODES.complete]);
  if (failing) expectOneFailure(road, failing.name);
  // What is no file is nothing of ours, and stays.
  for (const { path } of found)
    if (!(lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? true)) rmSync(path, { recursive: true });
  for (const { path, damage } of found) if (damage.file === "odd name") rmSync(path, { force: true });
}

/** A sentence with the name of one of the files that are to be named. */
function said(found: readonly { readonly name: string; readonly outcome: string }[]): RegExp {
  const names = found
    .filter(({ outcome }) => outcome === "named")
    .map(({ name }) => name.replace(/^.*\//, ""));
  return new RegExp(
    `Expected .*(${[...names, "job.json"].map((name) => name.replaceAll(".", "\\.")).join("|")})`,
  );
}

function expectOneFailure(road: Road, name: string): void {
  const failures: { readonly error: string }[] = summaryIn(road.folder)?.failures ?? [];
  const [failure, ...others] = failures;
  if (!failure?.error.includes(name) || others.length > 0)
    road.problem(`failures ${JSON.stringify(failures.map(({ error }) => error))} instead of one of ${name}`);
}

function placeOf(folder: string, file: FileName): string {
  const { at } = damagedFile(file);
  if (typeof at === "string") return at;
  const found = filesIn(folder)
    .filter((name) => at.test(name))
    .at(-1);
  if (found === undefined) throw new Error(`Expected ${file} in ${folder}`);
  return found;
}

/** Puts a file as a killed process leaves it, or a user's editor. */
function plant(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const kernel = { boot: bootId(), device: statSync(folder).dev };
  const claim = [{ host: "here", pid: 999_999_999 }, kernel, { held: true }];
  writeFileSync(
    path,
    path.includes("running-") ? claim.map((line) => `${JSON.stringify(line)}\n`).join("") : "odd",
  );
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => lstatSync(join(folder, name)).isFile())
    .sort();
}
