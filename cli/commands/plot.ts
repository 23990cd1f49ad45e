import { mountsOf } from "../../client/engines/engine.ts";
import { openJobFolder } from "../../client/job-folder/job-folder.ts";
import { readReports } from "../../functions/aggregator/aggregate.ts";
import { draw, sampleTiles } from "../../functions/aggregator/finish.ts";
import type { Ledger } from "../../functions/aggregator/ledger.ts";
import { summarize } from "../../functions/aggregator/summarize.ts";
import { tileOf } from "../../shared/array/overview.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { COLORMAPS, SCALES } from "../../shared/messages/job-request.ts";
import { declarationOf } from "../../shared/plan/declaration-of.ts";
import { systemClock } from "../../shared/ports/clock.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { namedAxes } from "../../shared/record/axis-names.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { viewOfJob } from "../../shared/record/job-view.ts";
import { commandLine, pathOf, placeOf } from "../../shared/validation/command-line.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { choice } from "../request/choice.ts";
import { placesOf } from "../request/request.ts";
import { type LookOptions, lookOf } from "./look.ts";

export interface PlotOptions extends LookOptions {
  readonly colormap?: string;
  readonly scale?: string;
  readonly plot3d?: boolean;
  readonly at?: readonly string[];
}

/** `manyhands plot`: draws a finished folder's pictures again, from its reports alone. */
export async function plot(named: string, options: PlotOptions): Promise<number> {
  const look = await lookOf(options);
  const fetch = "A job of a deployment is drawn there; `manyhands fetch` brings it here.";
  const { folder, job } = await openJobFolder(named, fetch);
  const declaration = declarationOf(job, KERNELS);
  const output = {
    ...job.output,
    plots: true,
    npy: false,
    plot3d: options.plot3d ?? job.output.plot3d,
    colormap: choice(COLORMAPS, options.colormap ?? job.output.colormap, "--colormap"),
    scale: choice(SCALES, options.scale ?? job.output.scale, "--scale"),
    ...(options.at && { at: placesOf(options.at, declaration, namedAxes(job.spec, declaration)) }),
  };
  const store = new FileStore(mountsOf(job.jobId, folder));
  const ports = { store, clock: systemClock, builtIns: KERNELS };
  const drawn = { ...job, output };
  const ledger = await readReports(drawn, store);
  if (!ledger.history.isCancelled && !ledger.uncovered().next().done) {
    throw new InvalidInputError(
      "folder",
      "of a job that ended",
      `${show(named)}, some of whose chunks were neither reported nor failed`,
      `\`${commandLine("resume", pathOf(folder))}\` finishes it.`,
    );
  }
  // The reports' cells are those of the cut that the job was drawn at.
  if (options.at) resampleAll(drawn, ledger);
  await sampleTiles(drawn, ledger, ports);
  const names = await draw(drawn, ledger, summarize(job, ledger), ports, look);
  process.stdout.write(`Drawn again in ${placeOf(folder)}: ${names.join(", ")}\n`);
  return 0;
}

function resampleAll(job: StoredJob, ledger: Ledger): void {
  const view = viewOfJob(job);
  for (const chunk of view.layout.chunks())
    if (ledger.reported[chunk.index] && tileOf(view, chunk).elements > 0) ledger.withoutTile.add(chunk.index);
}
