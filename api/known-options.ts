/** The options that there are: a caller without TypeScript hears of a misspelt one too. */
import { InvalidInputError } from "../shared/validation/errors.ts";
import { didYouMean } from "../shared/validation/nearest-name.ts";
import { show } from "../shared/validation/parse.ts";
import type {
  AttachOptions,
  MapOptions,
  OpenOptions,
  PlanOptions,
  RequestOptions,
  ResumeOptions,
  RunOptions,
  SubmitOptions,
  SubmitRequestOptions,
  TuneOptions,
  VerifyOptions,
} from "./options.ts";

type All<Options> = { readonly [Name in keyof Required<Options>]: true };

const all = <const Names extends string>(...names: Names[]) =>
  Object.fromEntries(names.map((name) => [name, true])) as { readonly [Name in Names]: true };

const LISTENERS = all("signal", "onWarning", "onBuild");
const REMOTE = all("stack", "redis", "store");
const ENGINE = { ...REMOTE, ...all("engine", "workers", "out", "report"), ...LISTENERS };
const ARRAY = {
  ...all(
    "points",
    "size",
    "python",
    "seed",
    "chunk",
    "chunksPerMessage",
    "dtype",
    "codec",
    "ramp",
    "allowMissing",
    "maxUsd",
  ),
  ...all("jobId", "npy", "plots", "plot3d", "colormap", "scale", "at"),
};

interface OptionsOf {
  readonly run: RunOptions;
  readonly request: RequestOptions;
  readonly map: MapOptions;
  readonly submit: SubmitOptions;
  readonly submitRequest: SubmitRequestOptions;
  readonly plan: PlanOptions;
  readonly tune: TuneOptions;
  readonly attach: AttachOptions;
  readonly open: OpenOptions;
  readonly resume: ResumeOptions;
  readonly verify: VerifyOptions;
}

const KNOWN: { readonly [Name in keyof OptionsOf]: All<OptionsOf[Name]> } = {
  run: { ...ENGINE, ...ARRAY },
  request: { ...ENGINE, ...all("request", "jobId", "python") },
  map: {
    ...ENGINE,
    ...all(
      "jobId",
      "seed",
      "allowMissing",
      "maxUsd",
      "ramp",
      "plots",
      "itemsPerShard",
      "itemSeconds",
      "concurrency",
    ),
  },
  submit: { ...LISTENERS, ...ARRAY, ...REMOTE },
  submitRequest: { ...LISTENERS, ...REMOTE, ...all("request", "jobId", "python") },
  plan: { ...ARRAY, ...all("workers", "deployment", "onBuild") },
  tune: { ...ARRAY, ...all("workers", "region", "timeoutSeconds", "onBuild") },
  attach: { ...LISTENERS, ...REMOTE, ...all("out", "report") },
  open: { ...REMOTE, ...all("engine") },
  resume: { ...ENGINE, ...all("kernel", "python", "force", "maxUsd") },
  verify: all("chunks", "seed", "kernel", "python", "signal", "onProgress"),
};

interface Kind {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}
const TEXT: Kind = { expected: "text", holds: (value) => typeof value === "string" };
const FUNCTION: Kind = { expected: "a function", holds: (value) => typeof value === "function" };

/** Those that no request has, so that nothing else checks them before a folder is claimed. */
const KINDS: Readonly<Record<string, Kind>> = {
  ...{ engine: TEXT, stack: TEXT, redis: TEXT, store: TEXT, out: TEXT, python: TEXT },
  ...{ onWarning: FUNCTION, onBuild: FUNCTION, onProgress: FUNCTION },
  signal: {
    expected: "an AbortSignal",
    // By what it has: another realm's is no instance of this one's.
    holds: (value) =>
      typeof (value as Partial<AbortSignal> | null)?.addEventListener === "function" &&
      typeof (value as Partial<AbortSignal>).aborted === "boolean",
  },
};

/** Throws InvalidInputError that names the first unknown one, or one that is of another kind. */
export function expectKnown(options: object, of: keyof OptionsOf): void {
  if (typeof options !== "object" || options === null)
    throw new InvalidInputError("the options", "an object", show(options));
  const names = Object.keys(KNOWN[of]);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InvalidInputError(
      "each option",
      `one of ${names.join(", ")}`,
      show(unknown),
      didYouMean(unknown, names),
    );
  for (const [name, value] of Object.entries(options)) {
    const kind = KINDS[name];
    if (kind && value !== undefined && !kind.holds(value))
      throw new InvalidInputError(name, kind.expected, show(value));
  }
}
