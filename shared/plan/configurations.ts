/** The deployments that one job could have, each with what the job would take and cost there, and those that no other one beats. Pure. */
import type { LoadedKernel } from "../kernels/loader.ts";
import { ARCHITECTURES, type Architecture } from "../record/cost.ts";
import type { Job } from "../record/job.ts";
import { capOfFleet } from "./fleet-cap.ts";
import { kneeOf } from "./knee.ts";
import { peakMemoryMb } from "./peak-memory.ts";
import { packRound, planFleet } from "./plan.ts";
import { flowOf, heaviestSeconds, predictDeployed } from "./predict-deployed.ts";
import type { ChunksCost, Prediction } from "./predict-here.ts";
import type { Prices } from "./prices.ts";
import { type Collecting, picturesOf } from "./requests.ts";
import { DEFAULT_WORKERS } from "./workers.ts";

/** What can be set of a deployment, as far as a job's time and cost follow from it. */
export interface Configuration {
  /** A worker's. */
  readonly memoryMb: number;
  readonly architecture: Architecture;
  /** Workers at a time. */
  readonly fleet: number;
  /** How many of them splitters may start. */
  readonly burst: number;
}

/** A configuration, and the job on it. */
export interface Tried extends Configuration, Prediction {
  readonly chunkShape: readonly number[];
  /** How its workers are started there. */
  readonly ramp: "mapping" | "burst";
}

/** Which configurations are tried: each memory with each architecture, fleet and way of starting it. */
export interface Space {
  readonly memoriesMb: readonly number[];
  readonly architectures: readonly Architecture[];
  readonly fleets: readonly number[];
}

/**
 * Memories are those that cloud users choose, and whole vCPUs. A fleet is started by the queue's mapping alone, or four fifths of it by
 * splitters.
 */
export const SPACE: Space = Object.freeze({
  memoriesMb: [128, 192, 256, 384, 512, 768, 1024, 1280, 1536, 1769, 2560, 3538, 5307, 7076, 10240],
  architectures: ARCHITECTURES,
  fleets: [2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 450, 700, 900, 1000],
});

/** How many configurations there are at the most. */
export const sizeOfSpace = ({ memoriesMb, architectures, fleets }: Space): number =>
  memoriesMb.length * architectures.length * 2 * fleets.length;

/** A chunk's sides, by those that the job has: smaller chunks are sooner done, larger ones cost fewer PUTs. */
export const CUTS = [0.5, 1, 2, 4] as const;

export interface Asked {
  readonly job: Job;
  readonly kernel: LoadedKernel;
  readonly cost: ChunksCost;
  readonly prices: Prices;
  /** A worker's, for a message. */
  readonly timeoutSeconds?: number;
  /** What `estimateWork` says of each chunk. */
  readonly work: Float64Array;
  /** How reports come together; as on AWS, unless it says otherwise. */
  readonly collecting?: Collecting;
}

/** Splitter and aggregator have it, whatever the workers have. */
export const OWN_MEMORY_MB = DEFAULT_WORKERS.memoryMb;

/**
 * The job on each configuration of the space, memory after memory, without those on which a worker would lack memory or time for a message.
 * `ramp` of the job decides as it does for a splitter.
 */
export function* tryConfigurations(asked: Asked, space = SPACE): Generator<Tried> {
  const { memoriesMb, fleets, architectures } = space;
  for (const memoryMb of memoriesMb) {
    const packed = packedFor(asked, memoryMb);
    if (!packed) continue;
    for (const fleet of fleets)
      for (const burst of new Set([0, capOfFleet(fleet).burst]))
        for (const architecture of architectures)
          yield triedOn(asked, packed, { memoryMb, architecture, fleet, burst });
  }
}

/** The job on one configuration; undefined where a worker would lack memory or time for a message. */
export function tryConfiguration(asked: Asked, configuration: Configuration): Tried | undefined {
  const packed = packedFor(asked, configuration.memoryMb);
  return packed && triedOn(asked, packed, configuration);
}

function packedFor({ job, kernel, work, cost, timeoutSeconds }: Asked, memoryMb: number) {
  const workers = { memoryMb, timeoutSeconds: timeoutSeconds ?? DEFAULT_WORKERS.timeoutSeconds };
  if (peakMemoryMb(job, memoryMb).worker > memoryMb) return undefined;
  // As a client says that hands it over: the splitter orders its workers by it.
  const measured = { ...job, computeSeconds: cost.seconds.expected };
  const packed = packRound(measured, kernel, workers, undefined, work);
  const { figures } = planFleet(packed);
  return heaviestSeconds(figures, cost.seconds.high, memoryMb) > workers.timeoutSeconds ? undefined : packed;
}

function triedOn(
  { job, cost, prices, collecting }: Asked,
  packed: ReturnType<typeof packRound>,
  configuration: Configuration,
): Tried {
  const { memoryMb, architecture, fleet, burst } = configuration;
  const cap = { burst, mapping: fleet - burst };
  const estimated = planFleet(packed, { cap });
  const { ramp } = estimated;
  const deployed = { cap, ramp, ownMemoryMb: OWN_MEMORY_MB, tariff: { architecture, memoryMb, prices } };
  const expectedSeconds = flowOf(estimated.figures, cost.seconds.expected, deployed).seconds;
  const { figures } = planFleet(packed, { cap, expectedSeconds, collecting });
  const known = { figures, cost, pictures: picturesOf(job), isOwn: false };
  return { ...configuration, ...predictDeployed(known, deployed), chunkShape: job.spec.chunkShape, ramp };
}

/** What no other one beats, in time and in cost: the fastest first, each one cheaper than all before it. */
export function frontOf<Point extends Pick<Tried, "seconds" | "usd">>(points: Iterable<Point>): Point[] {
  const sorted = [...points].sort(
    (a, b) => a.seconds.expected - b.seconds.expected || a.usd.expected - b.usd.expected,
  );
  let least = Number.POSITIVE_INFINITY;
  return sorted.filter(({ usd: { expected } }) => {
    const isCheaper = expected < least;
    if (isCheaper) least = expected;
    return isCheaper;
  });
}

/** From where on a hundredth less time costs more than a hundredth. Throws RangeError for an empty front. */
export function kneeOfFront<Point extends Pick<Tried, "seconds" | "usd">>(front: readonly Point[]): Point {
  return kneeOf(
    front,
    ({ seconds }) => seconds.expected,
    ({ usd }) => usd.expected,
  );
}
