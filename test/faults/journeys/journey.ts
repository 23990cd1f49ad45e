/** Carries a journey out, and holds how each of its legs ended against what was predicted. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Verdict } from "../scenario.ts";
import { Client, chunksIn, MAIN } from "./client.ts";
import { unmount } from "./disk.ts";
import type { EngineName, Journey, Leg } from "./draw-journey.ts";
import type { IncidentKind } from "./incidents.ts";
import { CHUNKS, JOB_ID, JOBS } from "./journey-jobs.ts";
import { type Oracle, runOf } from "./oracle.ts";
import { impossibleHere } from "./possible.ts";
import type { Road } from "./road.ts";
import { STRIKES } from "./strike.ts";

const KEPT_NTH = 6;

export async function runJourney(
  journey: Journey,
  oracle: Oracle,
  tell: (what: string) => void = () => {},
): Promise<Verdict> {
  const startedMs = performance.now();
  const cwd = mkdtempSync(join(tmpdir(), "manyhands-journey-"));
  const results = join(cwd, "results");
  const folder = join(results, JOB_ID);
  const story: string[] = [];
  const problems: string[] = [];
  const struck: (readonly [IncidentKind, number])[] = [];
  const say = (what: string) => {
    const line = `${(performance.now() - startedMs).toFixed(0).padStart(6)} ms  ${what}`;
    story.push(line);
    tell(line);
  };
  const problem = (what: string) => {
    say(`PROBLEM: ${what}`);
    problems.push(what);
  };
  const road = ({ incident }: Leg): Road => ({
    ...{ journey, cwd, folder, tell: say, problem },
    strike: () => {
      if (!incident) return;
      say(`strikes: ${JSON.stringify(incident)}`);
      struck.push([incident.kind, 1]);
    },
    start: (engine, options) => {
      const isBegun = existsSync(join(folder, "array")) || existsSync(join(folder, "job.json"));
      say(`${isBegun ? "resume" : "run"} on ${engine}`);
      const resume = [MAIN, "resume", JOB_ID, "--quiet", "--engine", engine];
      return new Client([...(isBegun ? resume : runOf(engine)), ...workersOf(engine)], {
        ...options,
        cwd,
        folder,
      });
    },
    expectEnd: async (client, codes, says) => {
      const { ended, problem: left } = await client.end();
      if (left) problem(left);
      say(`ended with ${ended.code}${ended.stderr && `: ${ended.stderr.trim()}`}`);
      if (!codes.includes(ended.code)) problem(`ended with ${ended.code} instead of ${codes.join(" or ")}`);
      else if (says && !says.test(ended.stderr)) problem(`did not say ${says}`);
      if (/^\s+at .*:\d+/m.test(ended.stderr)) problem("said it with a stack trace");
      return ended;
    },
  });
  try {
    mkdirSync(results);
    writeFileSync(join(cwd, "request.json"), JSON.stringify(JOBS[journey.job]));
    for (const leg of journey.legs) {
      const here = road(leg);
      const why = leg.incident && impossibleHere().get(leg.incident.kind);
      if (why) say(`${leg.incident.kind} is left out, ${why}`);
      if (leg.incident) loseChunks(folder, CHUNKS[journey.job], say);
      if (leg.incident && !why) await STRIKES[leg.incident.kind](here, leg.engine, leg.incident as never);
      else await here.expectEnd(here.start(leg.engine), [0]);
      if (problems.length > 0) break;
    }
    if (problems.length === 0) await oracle.judge(journey.job, folder, problem);
  } catch (error) {
    problem(`the journey broke off: ${error instanceof Error ? error.stack : error}`);
  } finally {
    unmount(results);
    rmSync(cwd, { recursive: true, force: true });
  }
  return {
    ...{ seed: journey.seed, predicted: "complete", problems, story, struck },
    durationMs: performance.now() - startedMs,
  };
}

/** So that there is something to do, and to disturb, where the job is complete already. */
function loseChunks(folder: string, total: number, tell: (what: string) => void): void {
  const chunks = chunksIn(folder);
  if (chunks.length < total) return;
  const lost = chunks.filter((_, k) => k % KEPT_NTH !== 0);
  for (const name of lost) rmSync(join(folder, name));
  tell(`${lost.length} chunks are lost`);
}

const workersOf = (engine: EngineName) => (engine === "serial" ? [] : ["--workers", "2"]);
