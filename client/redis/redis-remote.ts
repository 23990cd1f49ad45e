import { mayPass } from "../../shared/ports/aws/aws-error.ts";
import { openRedis, type RedisHub } from "../../shared/ports/redis/redis-ports.ts";
import { type RedisPlace, redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { refusal } from "../../shared/ports/redis/refusal.ts";
import { isReply } from "../../shared/ports/redis/scripts.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { Machine } from "../../shared/record/machine.ts";
import { quoted } from "../../shared/validation/command-line.ts";
import type { UploadPolicy } from "../../shared/validation/env.ts";
import { describeError, InvalidInputError, ManyhandsError } from "../../shared/validation/errors.ts";
import { MachineKeys } from "../cloud/machine-keys.ts";
import { hubRemote } from "../hub/hub-remote.ts";
import type { JobPlace } from "../jobs/job-store.ts";
import { builtIns } from "../kernels/loader.ts";
import { ConnectionLostError, PATIENCE } from "../remote/patience.ts";
import type { Faults, Remote } from "../remote/remote.ts";
import { machinesOf } from "../standing/machines.ts";
import { REDIS_PASSWORD, REDIS_URL } from "./redis-env.ts";
import { RedisError } from "./redis-error.ts";

/**
 * Opens the Redis that the options name, or the environment, and runs `use` with it. Throws InvalidInputError where it refuses, or is not
 * there, and ConnectionLostError where it goes away for longer than `patienceMs`.
 */
export async function withRedis<Result>(
  place: JobPlace,
  use: (remote: Remote) => Promise<Result>,
  { patienceMs = PATIENCE.mostMs } = {},
): Promise<Result> {
  const at = placeOf(place);
  let tell: (isLost: boolean) => void = () => {};
  let lost: ConnectionLostError | undefined;
  const keys = new MachineKeys();
  const hub = await openRedis(at, {
    ...{ store: place.store, openS3: keys.openBucket, patienceMs },
    onLost: () => tell(true),
    onBack: () => tell(false),
    onGivenUp(why) {
      const within = `within ${Math.ceil(patienceMs / 60_000)} min`;
      lost = new ConnectionLostError(
        `Expected Redis at ${at.shown} to be there again ${within}, got ${why}.`,
      );
    },
  });
  const explain = (error: unknown) => {
    if (lost && !(error instanceof ManyhandsError)) return lost;
    return error instanceof Error && error.name === "ReplyError"
      ? new RedisError(describeError(refusal(at, error)), { cause: error })
      : error;
  };
  const faults: Faults = {
    place: at.shown,
    explain,
    mayPass,
    onLost: (listener) => {
      tell = listener;
    },
  };
  try {
    return await use(redisRemote(hub, at, place, faults));
  } catch (error) {
    throw explain(error);
  } finally {
    await hub.close();
    await keys.close();
  }
}

function redisRemote(hub: RedisHub, at: RedisPlace, { redis }: JobPlace, faults: Faults): Remote {
  const { shown } = at;
  // A machine that works needs no password of one who posts (docs/machines.md, Security).
  const forWorkers = at.user === "boss" ? at.shownFor("hand") : shown;
  return {
    ...hubRemote(hub, shown, faults),
    site: {
      place: shown,
      fields: { redis: shown },
      lines: [["where", shown]],
      // Never what was given: a URL may have a password.
      options: redis === undefined ? [] : ["--redis", shown],
    },
    kernels: {
      isThere: () => false,
      uploads: (language) => uploadsTaken(hub.redis, language),
      advice: ADVICE,
    },
    unattended: async (job) => {
      const machines = await seenMachines(hub.redis);
      if (!machines || machines.some((machine) => mayCompute(machine, job))) return undefined;
      const { what, command } = starterFor(job);
      return `No machine${what} says that it works for ${shown}: \`${command} --queue ${quoted(forWorkers)}\` starts one, here or elsewhere.`;
    },
  };
}

type Needed = Pick<StoredJob, "declaration" | "spec">;

const languageOf = ({ declaration }: Needed) => declaration?.language ?? "node";

/** One of the program's, which machines of each language have. */
const isBuiltIn = ({ spec }: Needed) =>
  spec.hash === undefined || builtIns.get(spec.kernel)?.hash === spec.hash;

/** Where the kernel comes with the job, whether the machine takes it is not looked at here: `uploads` is asked before. */
const mayCompute = ({ kernels, language }: Machine, job: Needed): boolean =>
  kernels.includes(job.spec.kernel) || (!isBuiltIn(job) && language === languageOf(job));

/** What starts a machine that takes kernels which come with a job. */
const TAKES_ALL = {
  node: "manyhands worker --kernel-uploads all",
  python: "python -m manyhands worker --allow-uploads",
} as const;

/** What starts a machine for the job's kernel. */
function starterFor(job: Needed): { readonly what: string; readonly command: string } {
  if (isBuiltIn(job)) return { what: "", command: "manyhands worker" };
  return languageOf(job) === "python"
    ? { what: " with Python", command: TAKES_ALL.python }
    : { what: " with Node", command: TAKES_ALL.node };
}

/** Throws InvalidInputError where nothing names a Redis. */
function placeOf({ redis = process.env[REDIS_URL] || undefined }: JobPlace): RedisPlace {
  if (redis) return redisPlace(redis, process.env[REDIS_PASSWORD]);
  throw new InvalidInputError(
    "--redis",
    `the URL of a Redis, such as redis://host, or ${REDIS_URL} to have one`,
    redis === undefined ? "nothing" : "an empty one",
  );
}

/**
 * What the machines take that are there now; what they say where none is is up to those that come. A machine decides for itself: JavaScript
 * from a job could use all that its user may.
 */
async function uploadsTaken(redis: RedisHub["redis"], wanted = "node"): Promise<UploadPolicy> {
  const machines = (await seenMachines(redis))?.filter(({ language }) => language === wanted);
  const taken = (policy: UploadPolicy) => machines?.some(({ uploads }) => uploads === policy);
  if (!machines?.length || taken("all")) return "all";
  return taken("wasm") ? "wasm" : "none";
}

/** Undefined where this user may not ask. */
const seenMachines = (redis: RedisHub["redis"]) =>
  machinesOf(redis).catch((error: unknown) => {
    if (!isReply(error, "NOPERM")) throw error;
    return undefined;
  });

const ADVICE = `The machines that are there take no such kernel, because its code is in no sandbox: it could use their users' rights. \`${TAKES_ALL.node}\`, or for Python \`${TAKES_ALL.python}\`, starts one that does; \`manyhands workers\` lists them.`;
