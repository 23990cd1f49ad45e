import { once } from "node:events";
import { createWriteStream, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { expectArray } from "../../api/expect-array.ts";
import type { EngineAsked } from "../../client/engines/engines.ts";
import { isJobHere } from "../../client/job-folder/job-folder.ts";
import { jobsMeant } from "../../client/jobs/meant-jobs.ts";
import { bandsOfJob } from "../../functions/aggregator/bands.ts";
import { lengthOf, pointsOf } from "../../shared/array/grid.ts";
import { fillValue } from "../../shared/array/zarr-array.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { declarationOf } from "../../shared/plan/declaration-of.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { namedAxes } from "../../shared/record/axis-names.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { namingChunk } from "../../shared/record/stored-chunk.ts";
import { readSummary } from "../../shared/record/summary.ts";
import { counted } from "../../shared/validation/counted.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { listenForInterruption } from "../terminal/interruption.ts";
import { notNew } from "./new-file.ts";

/** The job lies where the named engine has its own; none: in the folder, where there is one, else elsewhere. */
export interface TableOptions extends EngineAsked {
  readonly out?: string;
}

/** Bytes of an array that are read at a time: a row of text takes ten times as many. */
const BAND_BYTES = 4 * 2 ** 20;
const LINES_A_WRITE = 1000;

/** `manyhands table`: the array as CSV in long form, a line a cell, as the chunks are read. Returns the exit code. */
export async function table(named: string, { out, ...asked }: TableOptions): Promise<number> {
  const jobs = await jobsMeant(asked, isJobHere(named));
  return jobs.withJob(named, async ({ job, store }) => {
    expectArray(job, "table", "Its results.jsonl has a line an item.");
    const { signal, over } = listenForInterruption();
    try {
      const sink = out === undefined ? process.stdout : await fileAt(out);
      await pipeline(linesOf(job, store), sink, { end: sink !== process.stdout, signal }).catch((error) => {
        if (out !== undefined) rmSync(out, { force: true }); // a table is whole, or is not there
        throw error;
      });
    } catch (error) {
      if (signal.aborted) return EXIT_CODES.interrupted;
      // A reader that has seen enough, as `head`, closes its end.
      if ((error as NodeJS.ErrnoException).code === "EPIPE") return 0;
      throw error;
    } finally {
      over();
    }
    await noteMissing(job, store);
    return 0;
  });
}

/** Tells on stderr that the table has cells without a value, where the job lacks chunks. */
async function noteMissing({ jobId }: StoredJob, store: StoreReader): Promise<void> {
  const summary = await readSummary(store, jobId);
  const missing = summary && summary.chunks.total - summary.chunks.done;
  if (missing === 0) return;
  const what = missing ? `lacks ${counted(missing, "chunk")}` : "has not ended";
  process.stderr.write(`Job ${jobId} ${what}: cells of chunks that are not stored have no value.\n`);
}

async function fileAt(path: string) {
  const file = createWriteStream(path, { flags: "wx" });
  try {
    await once(file, "open");
  } catch (error) {
    throw notNew(path, (error as NodeJS.ErrnoException).code);
  }
  return file;
}

/** A header with the inputs that are swept and the values, then a line a cell, row-major. A cell without a value is empty. */
async function* linesOf(job: StoredJob, store: StoreReader): AsyncGenerator<string> {
  const { spec } = job;
  const axes = namedAxes(spec, declarationOf(job, KERNELS));
  const names = [...axes.map(({ input }) => input), ...spec.values.map(({ name = "value" }) => name)];
  yield `${names.map(quoted).join(",")}\n`;
  const points = axes.map((axis) =>
    [...pointsOf(axis, 0, lengthOf(axis))].map((point) => quoted(String(point))),
  );
  const onUnreadable = (chunk: number, error: unknown) => {
    throw namingChunk(job, chunk, error);
  };
  const fills = spec.values.map(({ dtype }) => fillValue(dtype));
  for await (const { from, shape, elements, arrays } of bandsOfJob(store, job, {
    bandBytes: BAND_BYTES,
    onUnreadable,
  })) {
    // An array with one axis comes as a single row.
    const first = shape.length - axes.length;
    const at = [...from];
    const lines: string[] = [];
    for (let cell = 0; cell < elements; cell++) {
      const place = points.map((all, axis) => all[at[axis + first]!]);
      lines.push([...place, ...arrays.map((array, k) => textOf(array[cell]!, fills[k]!))].join(","));
      if (lines.length === LINES_A_WRITE) yield `${lines.splice(0).join("\n")}\n`;
      for (let axis = shape.length - 1; axis >= 0 && ++at[axis]! === from[axis]! + shape[axis]!; axis--)
        at[axis] = from[axis]!;
    }
    if (lines.length > 0) yield `${lines.join("\n")}\n`;
  }
}

/** Not a number is told apart from nothing, but among floats a missing chunk reads as it. */
const textOf = (value: number, fill: number) => (value === fill ? "" : String(value));

/** RFC 4180. */
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
