import { readReports } from "../../functions/aggregator/aggregate.ts";
import { draw, sampleTiles } from "../../functions/aggregator/finish.ts";
import { summarize } from "../../functions/aggregator/summarize.ts";
import { COLORMAPS, SCALES } from "../../shared/messages/job-request.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { commandLine, pathOf } from "../../shared/validation/command-line.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { mountsOf } from "../engines/engine.ts";
import { openJobFolder } from "../job-folder/job-folder.ts";
import { kernels } from "../kernels/loader.ts";
import { placeOf } from "../terminal/outcome.ts";

export interface PlotOptions {
  readonly colormap?: string;
  readonly scale?: string;
  readonly plot3d?: boolean;
}

/** `manyhands plot`: draws a finished folder's pictures again, from its reports alone. */
export async function plot(named: string, options: PlotOptions): Promise<number> {
  const fetch = "A job of a deployment is drawn there; `manyhands fetch` brings it here.";
  const { folder, job } = await openJobFolder(named, fetch);
  const output = {
    ...job.output,
    plots: true,
    npy: false,
    plot3d: options.plot3d ?? job.output.plot3d,
    colormap: oneOf(COLORMAPS, options.colormap ?? job.output.colormap, "--colormap"),
    scale: oneOf(SCALES, options.scale ?? job.output.scale, "--scale"),
  };
  const store = new FileStore(mountsOf(job.jobId, folder));
  const ports = { store, clock: systemClock, kernels };
  const ledger = await readReports(job, store);
  if (!ledger.history.isCancelled && !ledger.uncovered().next().done) {
    throw new InvalidInputError(
      "folder",
      "of a job that ended",
      `${show(named)}, some of whose chunks were neither reported nor failed`,
      `\`${commandLine("resume", pathOf(folder))}\` finishes it.`,
    );
  }
  await sampleTiles(job, ledger, ports);
  await draw({ ...job, output }, ledger, summarize(job, ledger), ports);
  process.stdout.write(`Drawn again in ${placeOf(folder)}\n`);
  return 0;
}

function oneOf<const Names extends readonly string[]>(
  names: Names,
  value: string,
  option: string,
): Names[number] {
  if (names.includes(value)) return value;
  throw new InvalidInputError(option, `one of ${names.join(", ")}`, show(value));
}
