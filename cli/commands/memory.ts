import { DEFAULT_ENGINE, type EngineAsked, engineAsked, engineNamed } from "../../client/engines/engines.ts";
import { isJobHere } from "../../client/job-folder/job-folder.ts";
import type { FoundJob } from "../../client/jobs/job-store.ts";
import { jobsMeant } from "../../client/jobs/meant-jobs.ts";
import { type JobMemory, jobMemory } from "../../client/memory/job-memory.ts";
import { countPickles, measurePickles, type Pickled, TUTORIAL_CELLS } from "../../client/memory/pickled.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { isMap, type JobSpec } from "../../shared/array/spec.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { memoryText } from "../terminal/memory-text.ts";
import { jsonLine } from "../terminal/text.ts";

/** The job lies where the named engine has its own; none: in the folder, where there is one, else elsewhere. */
export interface MemoryOptions extends EngineAsked {
  readonly json?: boolean;
}

/**
 * `manyhands memory`: what a job's stages took of memory, by formula and as it was, and what was sent in place of the data. Without a name, of
 * the latest job. Returns the exit code.
 */
export async function memory(named: string | undefined, { json, ...asked }: MemoryOptions): Promise<number> {
  const show = async ({ job, site, ...found }: FoundJob) => {
    const pickled = isLikeTutorial(job.spec) ? pickledOf(job.spec) : [];
    const [taken, tutorial] = await Promise.all([jobMemory({ job, ...found }), measurePickles()]);
    const pickles = [tutorial, ...pickled];
    process.stdout.write(
      json
        ? jsonLine({ ...asJson(taken, pickles), jobId: job.jobId, kernel: job.spec.kernel, ...site.fields })
        : memoryText(job, taken, pickles),
    );
    return 0;
  };
  if (named !== undefined) return (await jobsMeant(asked, isJobHere(named))).withJob(named, show);
  const engine = engineAsked(asked) ?? engineNamed(DEFAULT_ENGINE);
  const jobs = await engine.jobs(asked);
  const { latest, place, fieldsOf } = await jobs.list(1);
  const [job] = latest;
  if (!job)
    throw new InvalidInputError("job", `named, or one in ${place}`, "none", "`manyhands run` makes one.");
  const { folder = job.jobId } = fieldsOf(job.jobId) as { readonly folder?: string };
  return jobs.withJob(folder, show);
}

/** Whether its cells are points of a plane, as the tutorial's are: a complex number each. */
const isLikeTutorial = (spec: JobSpec) =>
  !isMap(spec) &&
  spec.axes.length === 2 &&
  spec.axes.every((axis) => axis.rule !== "list" || typeof axis.points[0] === "number");

/** As long as the tutorial's default is: the same. */
function pickledOf(spec: JobSpec): Pickled[] {
  const { elements } = layoutOf(spec);
  return elements === TUTORIAL_CELLS ? [] : [countPickles(elements)];
}

function asJson({ stages, client, sent, ...taken }: JobMemory, pickles: readonly Pickled[]) {
  const byStage = Object.entries(stages).map(([name, { predictedMb, measured }]) => [
    name,
    { predictedMb, measuredMb: measured?.mb ?? null, processes: measured?.processes ?? null },
  ]);
  return {
    stages: Object.fromEntries(byStage),
    client: client ? { measuredMb: client.mb, processes: client.processes } : null,
    sent: { ...sent, messages: sent.messages ?? null },
    ...taken,
    arrayBytes: taken.arrayBytes ?? null,
    pickles,
  };
}
