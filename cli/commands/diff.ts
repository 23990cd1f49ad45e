import { extname } from "node:path";
import { expectArray } from "../../api/expect-array.ts";
import {
  type ArraysDifference,
  areAlike,
  arraysDifference,
  type ComparedJob,
  type CompareOptions,
} from "../../client/diff/arrays-difference.ts";
import { differing } from "../../client/diff/cells-difference.ts";
import { DifferencePicture } from "../../client/diff/difference-picture.ts";
import { settingsDifference } from "../../client/diff/settings-difference.ts";
import type { EngineAsked } from "../../client/engines/engines.ts";
import { isJobHere } from "../../client/job-folder/job-folder.ts";
import type { FoundJob } from "../../client/jobs/job-store.ts";
import { jobsMeant } from "../../client/jobs/meant-jobs.ts";
import { plotAxis } from "../../functions/aggregator/pictures.ts";
import { drawHeatmap } from "../../plots/heatmap.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { declarationOf } from "../../shared/plan/declaration-of.ts";
import { namedAxes } from "../../shared/record/axis-names.ts";
import { readSummary, type Summary } from "../../shared/record/summary.ts";
import { choice } from "../request/choice.ts";
import { diffJson, diffText } from "../terminal/diff-text.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { listenForInterruption } from "../terminal/interruption.ts";
import { drawCount } from "../terminal/progress-bar.ts";
import { tellError } from "../terminal/tell-error.ts";
import { jsonLine } from "../terminal/text.ts";
import { FORMATS, mediaOf } from "./look.ts";
import { writeNew } from "./new-file.ts";

/** Each job lies where the named engine has its own; none: in its folder, where there is one, else elsewhere. */
export interface DiffOptions extends EngineAsked {
  readonly out?: string;
  readonly json?: boolean;
}

/** One of the two jobs, and what it came to. */
export interface DiffedJob extends ComparedJob, Pick<FoundJob, "site"> {
  /** Undefined where it has not ended. */
  readonly summary: Summary | undefined;
}

/**
 * `manyhands diff`: how the values, times and settings of two jobs differ. Returns the exit code, as diff(1) does: 0 for the same values, 1 for
 * others, 2 where that could not be found out.
 */
export async function diff(
  nameA: string,
  nameB: string,
  { out, json, ...asked }: DiffOptions,
): Promise<number> {
  const { signal, over } = listenForInterruption();
  const bar = drawCount("chunks compared");
  try {
    const file = out === undefined ? undefined : await pictureFile(out);
    return await withBoth(nameA, nameB, asked, async (a, b) => {
      const pictures = new Map<string, DifferencePicture>();
      const pictureOf = (value: string) => {
        const picture = new DifferencePicture(layoutOf(a.job.spec).shape);
        pictures.set(value, picture);
        return picture;
      };
      const onProgress: CompareOptions["onProgress"] = ({ compared, of }) => bar.show(compared, of);
      const arrays = areAlike(a.job, b.job)
        ? await arraysDifference(a, b, { signal, onProgress, pictureOf: file && pictureOf })
        : undefined;
      bar.clear();
      const drawn = file && arrays ? draw(file, a, b, arrays, pictures) : [];
      const found = { a, b, arrays, settings: settingsDifference(a, b), drawn };
      process.stdout.write(json ? jsonLine(diffJson(found)) : diffText(found));
      return arrays && isSame(arrays) ? EXIT_CODES.complete : EXIT_CODES.failed;
    });
  } catch (error) {
    bar.clear();
    if (signal.aborted) return EXIT_CODES.interrupted;
    // Also where asking again may help: 1 would say that they differ.
    tellError(error);
    return EXIT_CODES.badInput;
  } finally {
    over();
  }
}

async function withBoth(
  nameA: string,
  nameB: string,
  asked: EngineAsked,
  use: (a: DiffedJob, b: DiffedJob) => Promise<number>,
): Promise<number> {
  const [jobsA, jobsB] = [await jobsMeant(asked, isJobHere(nameA)), await jobsMeant(asked, isJobHere(nameB))];
  return jobsA.withJob(nameA, (a) =>
    jobsB.withJob(nameB, async (b) => use(...(await Promise.all([diffed(a), diffed(b)])))),
  );
}

async function diffed({ job, store, site }: FoundJob): Promise<DiffedJob> {
  expectArray(job, "diff", "Its results.jsonl is text: diff(1) compares two of them.");
  const summary = await readSummary(store, job.jobId);
  return { job, store, site, summary, declaration: declarationOf(job, KERNELS) };
}

const isSame = ({ otherAxes, values, onlyA, onlyB }: ArraysDifference) =>
  otherAxes.length + onlyA.length + onlyB.length === 0 && values.every((value) => differing(value) === 0);

type PictureFile = Awaited<ReturnType<typeof pictureFile>>;

/** The kind of file is its name's. Throws InvalidInputError. */
async function pictureFile(out: string) {
  const extension = choice(FORMATS, extname(out).slice(1).toLowerCase(), "--out's ending");
  const [open] = await mediaOf([extension]);
  return { stem: out.slice(0, -extname(out).length), ending: extname(out), open };
}

/** A picture of each value that differs, those of several with their names. Returns the files. Throws InvalidInputError. */
function draw(
  { stem, ending, open }: PictureFile,
  a: DiffedJob,
  b: DiffedJob,
  { values }: ArraysDifference,
  pictures: ReadonlyMap<string, DifferencePicture>,
): string[] {
  const [x, y] = namedAxes(a.job.spec, a.declaration).slice(0, 2).toReversed();
  const axis = (of: NonNullable<typeof x>) => plotAxis(of, a.declaration.inputs[of.input]!);
  return values
    .filter((value) => differing(value) > 0)
    .map(({ name }) => {
      const overview = pictures.get(name)!;
      const { reach } = overview;
      const title = `${name}: ${b.job.jobId} minus ${a.job.jobId}`;
      const unit = a.declaration.values.find((value) => value.name === name)?.unit ?? "";
      const picture = {
        ...{ title, value: { name: "difference", unit }, x: axis(x!), y: y && axis(y), overview },
        ...{ colormap: "rdbu-r" as const, scale: "linear" as const },
        limits: reach > 0 ? { low: -reach, high: reach } : { low: -1, high: 1 },
      };
      const path = `${stem}${values.length > 1 ? `-${name.replaceAll("_", "-")}` : ""}${ending}`;
      writeNew(path, drawHeatmap(picture, open?.(title)));
      return path;
    });
}
