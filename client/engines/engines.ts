import { isSqsUrl } from "../../shared/ports/aws/sqs-place.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { didYouMean } from "../../shared/validation/nearest-name.ts";
import { show } from "../../shared/validation/parse.ts";
import type { JobPlace } from "../jobs/job-store.ts";
import { REDIS_URL } from "../redis/redis-env.ts";
import type { Engine, OpenJobs, RemoteEngine, WithRemote } from "./engine.ts";

/** On any engine. */
export const MOST_WORKERS = 64;

// Declarations load nothing: the AWS SDK takes a second, and --help needs none of it.
const folders: OpenJobs = async () => (await import("../jobs/folder-jobs.ts")).folderJobs();
const withDeployment: WithRemote = async (place, use) =>
  (await import("../cloud/deployment-remote.ts")).withDeployment(place, use);
const withRedis: WithRemote = async (place, use) => {
  const { redis = process.env[REDIS_URL] ?? "" } = place;
  if (isSqsUrl(redis)) return (await import("../sqs/sqs-remote.ts")).withSqs({ ...place, redis }, use);
  return (await import("../redis/redis-remote.ts")).withRedis(place, use);
};
const isRedisNamed = ({ redis }: JobPlace) => redis !== undefined || !!process.env[REDIS_URL];
const withRedisOrOwn: WithRemote = async (place, use, hands) =>
  isRedisNamed(place)
    ? withRedis(place, use)
    : (await import("../redis/own-remote.ts")).withOwnRemote(place, use, hands);

const HERE = {
  isRemote: false,
  hasRamp: false,
  isPriced: false,
  isPlanned: true,
  hasPython: false,
  workers: { most: MOST_WORKERS },
  isBlocking: false,
  jobs: folders,
} as const;

/** What an engine has whose jobs are a remote's. `owner` is theirs, for sentences; a job is begun with `toRun`. */
const elsewhere = (owner: string, withRemote: WithRemote, toRun = withRemote) =>
  ({
    isRemote: true,
    isBlocking: false,
    withRemote,
    jobs: async (place: JobPlace) =>
      (await import("../jobs/remote-jobs.ts")).remoteJobs(owner, withRemote, place),
    load: async (place: JobPlace) => (await import("./remote.ts")).remoteEngine(toRun, place),
  }) as const;

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
    ...elsewhere("a deployment", withDeployment),
    name: "aws",
    about: "on a deployment, on AWS or LocalStack",
    hasRamp: true,
    isPriced: true,
    isPlanned: true,
    hasPython: true,
    workers: { setBy: "whose fleet the stack caps" },
    options: ["stack"],
    isImplied: false,
    isNamed: ({ stack }) => stack !== undefined,
    hasUsualPlace: true,
  },
  {
    ...elsewhere("a Redis", withRedis, withRedisOrOwn),
    name: "redis",
    about: "on machines of your own that take messages from a Redis",
    hasRamp: false,
    isPriced: false,
    isPlanned: false,
    hasPython: true,
    workers: { setBy: "whose machines say how many" },
    options: ["redis", "store"],
    isImplied: true,
    isNamed: isRedisNamed,
    hasUsualPlace: false,
    mostOwnWorkers: MOST_WORKERS,
  },
];

/** The engines by name. */
export const ENGINES: ReadonlyMap<string, Engine> = new Map(DECLARED.map((engine) => [engine.name, engine]));
export const DEFAULT_ENGINE = "local";
const REMOTE: readonly RemoteEngine[] = DECLARED.filter((engine) => engine.isRemote);

/** Throws InvalidInputError. */
export function engineNamed(name: string, field = "--engine"): Engine {
  const engine = ENGINES.get(name);
  if (engine) return engine;
  const known = [...ENGINES.keys()];
  throw new InvalidInputError(field, `one of ${known.join(", ")}`, show(name), didYouMean(name, known));
}

/** What says where a job is computed, or lies, as it was given. */
export interface EngineAsked extends JobPlace {
  readonly engine?: string | undefined;
}

/** How sentences call a field. */
export type NameOf = (field: string) => string;
const byOption: NameOf = (field) => `--${field}`;

/** The engine that is named, or that an option implies; undefined where there is none. Throws InvalidInputError, also for another engine's option. */
export function engineAsked({ engine: name, ...place }: EngineAsked, nameOf = byOption): Engine | undefined {
  const implied = REMOTE.find(({ isImplied, options }) => isImplied && given(options, place));
  const engine = name === undefined ? implied : engineNamed(name, nameOf("engine"));
  for (const other of REMOTE) {
    const option = given(other.options, place);
    if (!engine || other === engine || !option || !(other.isImplied || engine.isRemote)) continue;
    // Not what was given: a URL may have a password.
    throw new InvalidInputError(nameOf(option), `left out on engine ${engine.name}`, "one");
  }
  return engine;
}

/** The engine that is meant for a job which is not here, where none is named: that of a place which is, else the one with a usual place. Throws InvalidInputError. */
export function remoteMeant(place: JobPlace, nameOf = byOption): RemoteEngine {
  const asked = engineAsked(place, nameOf);
  if (asked?.isRemote) return asked;
  return REMOTE.find(({ isNamed }) => isNamed(place)) ?? REMOTE.find(({ hasUsualPlace }) => hasUsualPlace)!;
}

const given = (options: readonly (keyof JobPlace)[], place: JobPlace) =>
  options.find((option) => place[option] !== undefined);
