import { InvalidInputError } from "../../shared/validation/errors.ts";
import { didYouMean } from "../../shared/validation/nearest-name.ts";
import { show } from "../../shared/validation/parse.ts";
import type { Engine, OpenJobs } from "./engine.ts";

/** On any engine. */
export const MOST_WORKERS = 64;

// Declarations load nothing: the AWS SDK takes a second, and --help needs none of it.
const folders: OpenJobs = async () => (await import("../jobs/folder-jobs.ts")).folderJobs();
const deployment: OpenJobs = async (place) =>
  (await import("../jobs/deployment-jobs.ts")).deploymentJobs(place);

const HERE = {
  isRemote: false,
  hasRamp: false,
  isPriced: false,
  hasPython: false,
  workers: { most: MOST_WORKERS },
  isBlocking: false,
  jobs: folders,
} as const;

const DECLARED: readonly Engine[] = [
  {
    ...HERE,
    name: "serial",
    about: "one after the other in one process",
    workers: { most: 1 },
    isBlocking: true,
    load: async () => (await import("./serial.ts")).serial,
  },
  {
    ...HERE,
    name: "threads",
    about: "in a pool of threads of one process, without a queue",
    load: async () => (await import("./threads.ts")).threadsEngine(),
  },
  {
    ...HERE,
    name: "local",
    isPriced: true,
    hasPython: true,
    about: "in processes that run the bundles built for Lambda, around an SQS and S3 embedded on 127.0.0.1",
    load: async () => (await import("./local.ts")).localEngine(),
  },
  {
    name: "aws",
    about: "on a deployment, on AWS or LocalStack",
    isRemote: true,
    hasRamp: true,
    isPriced: true,
    hasPython: true,
    workers: { setBy: "whose fleet the stack caps" },
    isBlocking: false,
    jobs: deployment,
    load: async ({ stack }) => (await import("./aws.ts")).awsEngine(stack),
  },
];

/** The engines by name. */
export const ENGINES: ReadonlyMap<string, Engine> = new Map(DECLARED.map((engine) => [engine.name, engine]));
export const DEFAULT_ENGINE = "local";
/** The one that is meant where a job is not on this machine and no engine is named. */
export const DEFAULT_REMOTE_ENGINE = "aws";

/** Throws InvalidInputError. */
export function engineNamed(name: string, field = "--engine"): Engine {
  const engine = ENGINES.get(name);
  if (engine) return engine;
  const known = [...ENGINES.keys()];
  throw new InvalidInputError(field, `one of ${known.join(", ")}`, show(name), didYouMean(name, known));
}
