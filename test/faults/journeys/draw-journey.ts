/** Draws a journey from its seed: a job's folder that lives through several runs, on several engines. */
import { Draw } from "../draw.ts";
import { type Damage, NO_FILES, nthDamages, type Way } from "./damage.ts";
import type { JobName } from "./journey-jobs.ts";

export type EngineName = "serial" | "threads" | "local";

/**
 * The moment of a strike: as soon as the client has stored this number of chunks, or this long (ms) after its start.
 */
export interface Moment {
  readonly stored?: number;
  readonly afterMs?: number;
}

export type Incident =
  | { readonly kind: "client killed" | "client killed in a container"; readonly at: Moment }
  | { readonly kind: "two clients"; readonly at: Moment; readonly inContainer: boolean }
  | { readonly kind: "signal to the client"; readonly at: Moment; readonly signal: NodeJS.Signals }
  | {
      readonly kind: "signal to a slot";
      readonly at: Moment;
      readonly signal: NodeJS.Signals;
      readonly stage: "worker" | "aggregator";
    }
  | { readonly kind: "cancelled"; readonly at: Moment }
  | { readonly kind: "clock stepped"; readonly afterMs: number; readonly byMs: number }
  | { readonly kind: "chunk unreadable"; readonly way: Way }
  | { readonly kind: "folder damaged"; readonly damages: readonly Damage[] }
  | { readonly kind: "disk full"; readonly sizeKb: number }
  | { readonly kind: "drainer killed"; readonly at: Moment };

/** One run of the command line: `run`, or `resume` once there is a job to go on with. */
export interface Leg {
  readonly engine: EngineName;
  readonly incident?: Incident;
}

export interface Journey {
  readonly seed: number;
  readonly job: JobName;
  /** The last one is undisturbed, and must complete the job. */
  readonly legs: readonly Leg[];
}

const EVERY_NTH = 4;
const ROUTES = [
  ...(["damaged", "road", "full", "damaged", "road", "drained", "damaged", "road", "stopped"] as const),
];
const ENGINES: readonly EngineName[] = ["serial", "threads", "local"];
const ENDING: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
/** Disturbed ones of a journey on the road. */
const LEGS = 3;
const ON_THE_ROAD = [
  ...(["client killed", "two clients", "signal to the client"] as const),
  ...(["client killed in a container", "signal to a slot", "clock stepped"] as const),
];
const HOUR_MS = 3_600_000;
const STEPS_MS = [-HOUR_MS, HOUR_MS, 15 * 24 * HOUR_MS];

export const isJourney = (seed: number) => seed % EVERY_NTH === 0;

/** The same seed, the same journey. */
export function drawJourney(seed: number): Journey {
  const draw = new Draw(seed);
  const nth = Math.floor(seed / EVERY_NTH);
  const undisturbed = { engine: draw.of(ENGINES) };
  switch (ROUTES[nth % ROUTES.length]) {
    case "damaged":
      return { seed, job: "plotted", legs: [...damagedLegs(draw, earlier(nth, "damaged")), undisturbed] };
    case "full": {
      const full: Leg = {
        engine: draw.of(ENGINES),
        incident: { kind: "disk full", sizeKb: 4 * draw.whole(12, 40) },
      };
      return { seed, job: "large", legs: [full, undisturbed] };
    }
    case "drained": {
      const at = { stored: draw.whole(1, 12) };
      const job = draw.of(["plotted", "exported"] as const);
      return {
        seed,
        job,
        legs: [{ engine: "local", incident: { kind: "drainer killed", at } }, undisturbed],
      };
    }
    case "stopped": {
      const cancelled = (at: Moment): Leg => ({
        engine: draw.of(ENGINES),
        incident: { kind: "cancelled", at },
      });
      const legs = [cancelled(drawMoment(draw)), cancelled({ afterMs: draw.whole(0, 700) })];
      return { seed, job: "dear", legs: [...legs, { engine: "threads" }] };
    }
    default: {
      const legs = Array.from({ length: LEGS }, (_, k) => drawLeg(draw, LEGS * earlier(nth, "road") + k));
      // With another engine than before.
      const others = ENGINES.filter((engine) => engine !== legs.at(-1)!.engine);
      const job = draw.of(["plotted", "exported"] as const);
      return { seed, job, legs: [...legs, { engine: draw.of(others) }] };
    }
  }
}

/** How many journeys before the `nth` one took that route. */
function earlier(nth: number, route: (typeof ROUTES)[number]): number {
  const before = (routes: readonly string[]) => routes.filter((each) => each === route).length;
  return Math.floor(nth / ROUTES.length) * before(ROUTES) + before(ROUTES.slice(0, nth % ROUTES.length));
}

/** A job with a past: it is complete, then lacks two chunks, one of which cannot be stored. */
function damagedLegs(draw: Draw, nth: number): Leg[] {
  return [
    { engine: draw.of(["serial", "threads"] as const) },
    { engine: draw.of(ENGINES), incident: { kind: "chunk unreadable", way: draw.of(NO_FILES) } },
    { engine: draw.of(ENGINES), incident: { kind: "folder damaged", damages: nthDamages(nth) } },
  ];
}

/** The kinds take turns, so that all come equally often. */
function drawLeg(draw: Draw, nth: number): Leg {
  const at = drawMoment(draw);
  const engine = draw.of(ENGINES);
  const kind = ON_THE_ROAD[nth % ON_THE_ROAD.length]!;
  switch (kind) {
    case "client killed":
    case "client killed in a container":
      return { engine, incident: { kind, at } };
    case "two clients":
      return { engine, incident: { kind, at: { stored: draw.whole(1, 4) }, inContainer: draw.chance(0.6) } };
    case "signal to the client":
      return { engine, incident: { kind, at, signal: draw.of([...ENDING, "SIGSTOP"]) } };
    case "signal to a slot": {
      const signal = draw.of<NodeJS.Signals>([...ENDING, "SIGSTOP", "SIGKILL"]);
      const stage = draw.of(["worker", "worker", "aggregator"] as const);
      return { engine: "local", incident: { kind, at: { stored: draw.whole(1, 8) }, signal, stage } };
    }
    case "clock stepped": {
      const afterMs = draw.whole(200, 900);
      return { engine: draw.of(["local", "threads"]), incident: { kind, afterMs, byMs: draw.of(STEPS_MS) } };
    }
  }
}

function drawMoment(draw: Draw): Moment {
  return draw.chance(0.6) ? { stored: draw.whole(1, 8) } : { afterMs: draw.whole(0, 700) };
}
