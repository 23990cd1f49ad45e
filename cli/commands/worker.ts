import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { withCloud } from "../../client/cloud/cloud.ts";
import { REDIS_PASSWORD, REDIS_URL } from "../../client/redis/redis-env.ts";
import { standByRedis } from "../../client/standing/at-redis.ts";
import { standBySqs } from "../../client/standing/at-sqs.ts";
import { withStack } from "../../client/standing/at-stack.ts";
import { type News, standBy } from "../../client/standing/standing-worker.ts";
import { tieTo } from "../../client/standing/tie.ts";
import { isSqsUrl, type SqsPlace, sqsPlace } from "../../shared/ports/aws/sqs-place.ts";
import { type RedisPlace, redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { bucketNamed } from "../../shared/ports/redis/store-url.ts";
import { counted } from "../../shared/validation/counted.ts";
import { UPLOAD_POLICIES, type UploadPolicy } from "../../shared/validation/env.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { printable } from "../../shared/validation/printable.ts";
import { wholeNumber } from "../request/numbers.ts";
import { listenForInterruption } from "../terminal/interruption.ts";
import { jsonLine } from "../terminal/text.ts";

export interface WorkerOptions {
  readonly queue?: string | undefined;
  readonly store?: string | undefined;
  readonly workers?: string | undefined;
  readonly name?: string | undefined;
  readonly kernelUploads?: string | undefined;
  readonly json?: boolean | undefined;
  readonly on?: string;
  readonly sshOption?: readonly string[];
  readonly command?: string;
  readonly tied?: boolean;
}

const MOST_WORKERS = 1000;
/** A stack's name, as CloudFormation has it. */
const SQS = /^sqs:\/\/([A-Za-z][A-Za-z0-9-]{0,127})$/;
/** It is part of keys and of files' names. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** `manyhands worker`: works for a queue until it is interrupted; what it has begun by then it finishes. Returns the exit code. */
export async function worker(options: WorkerOptions): Promise<number> {
  const { on, tied } = options;
  if (on !== undefined) return workElsewhere(on, options);
  const { signal, over } = listenForInterruption();
  try {
    if (!tied) return await workHere(options, { signal });
    const tie = await tieTo(process.stdin);
    const { password, ...orders } = tie.orders;
    try {
      return await workHere(
        { ...orders, password },
        { signal: AbortSignal.any([signal, tie.drain]), stop: tie.stop },
      );
    } finally {
      tie.end();
    }
  } finally {
    over();
  }
}

interface Ends {
  readonly signal: AbortSignal;
  readonly stop?: AbortSignal;
}

async function workHere(
  given: WorkerOptions & { readonly password?: string | undefined },
  ends: Ends,
): Promise<number> {
  const { workers, json, store, password } = given;
  const place = placeOf(given.queue ?? (process.env[REDIS_URL] || undefined), password);
  const isStack = typeof place === "string";
  const isSqs = !isStack && "endpoint" in place;
  const kernelUploads = policyOf(given.kernelUploads);
  if (isStack) {
    const onRedis = { "--store": store, "--name": given.name, "--kernel-uploads": given.kernelUploads };
    const odd = Object.entries(onRedis).find(([, value]) => value !== undefined);
    if (odd) throw new InvalidInputError(odd[0], "left out: a stack has its own", show(odd[1]));
  }
  const bucket = isSqs ? bucketNamed(store ?? "") : "";
  const name = nameOf(given.name);
  const count =
    workers === undefined ? availableParallelism() : wholeNumber(workers, "--workers", MOST_WORKERS);
  const logFolder = mkdtempSync(join(tmpdir(), "manyhands-worker-"));
  const tally = { done: 0, "handed back": 0, died: 0 };
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const where = isStack ? `stack ${place}` : place.shown;
  const onNews = (news: News) => {
    if (news.kind in tally) tally[news.kind as keyof typeof tally]++;
    if (json) process.stdout.write(jsonLine({ atMs: Date.now(), ...news }));
    else sentenceOf(news, where).forEach(say);
  };
  const options = { name, workers: count, logFolder, onNews, ...ends };
  try {
    if (isStack) await withCloud(place, (cloud) => withStack(cloud, (stack) => standBy(stack, options)));
    else if (isSqs) await standBySqs(place, { ...options, bucket, kernelUploads });
    else await standByRedis(place, { ...options, store, kernelUploads });
    if (!json)
      say(
        `Drained: ${counted(tally.done, "message")} done, ${tally["handed back"]} handed back, ${counted(tally.died, "worker")} died.`,
      );
    return 0;
  } finally {
    rmSync(logFolder, { recursive: true, force: true });
  }
}

/** The name of a stack, a server that speaks SQS, or a Redis. */
function placeOf(
  queue: string | undefined,
  password = process.env[REDIS_PASSWORD],
): string | SqsPlace | RedisPlace {
  const [, stack] = SQS.exec(queue ?? "") ?? [];
  if (stack !== undefined) return stack;
  if (queue && isSqsUrl(queue)) return sqsPlace(queue);
  if (queue && /^rediss?:/i.test(queue)) return redisPlace(queue, password, "--queue");
  throw new InvalidInputError(
    "--queue",
    "a Redis, such as redis://host, a stack, such as sqs://Manyhands, or a server that speaks SQS, such as sqs+http://host:9324",
    queue === undefined ? "nothing" : show(queue.replace(/\/\/.*@/, "//…@")),
  );
}

function policyOf(given = "wasm"): UploadPolicy {
  const policy = UPLOAD_POLICIES.find((each) => each === given);
  if (policy) return policy;
  throw new InvalidInputError("--kernel-uploads", `one of ${UPLOAD_POLICIES.join(", ")}`, show(given));
}

/** No other machine's, unless it is given. */
function nameOf(given: string | undefined): string {
  if (given === undefined)
    return `${hostname().toLowerCase()}-${process.pid}-${randomBytes(3).toString("hex")}`;
  if (NAME.test(given)) return given;
  throw new InvalidInputError("--name", "letters, digits, dots, - and _, at most 100", show(given));
}

/** None for what is as it should be: there may be a million messages. */
function sentenceOf(news: News, where: string): string[] {
  switch (news.kind) {
    case "started":
      return [
        `${news.name}: ${counted(news.workers, "worker")} for ${where}. Ctrl-C finishes what is begun, and takes no more.`,
      ];
    case "died":
      return [`A worker died with ${hadBy(news)}, which others get: ${printable(news.why)}`];
    case "trouble":
    case "answered":
      return [printable(news.sentence)];
    case "draining":
      return ["Finishing what is begun …"];
    default:
      return [];
  }
}

const hadBy = ({ messageId, messages }: News & { readonly kind: "died" }) =>
  messages === 1 ? `message ${messageId}` : `${messages} messages, of which ${messageId} was the first`;

/** On other machines, over ssh, as long as this process is there. */
async function workElsewhere(on: string, given: WorkerOptions): Promise<number> {
  const { hostsOf, workOn } = await import("../../client/standing/over-ssh.ts");
  const { queue = process.env[REDIS_URL], store, workers, kernelUploads, json } = given;
  if (given.name !== undefined)
    throw new InvalidInputError("--name", "without --on: each machine has its own", show(given.name));
  const hosts = hostsOf(on);
  placeOf(queue);
  policyOf(kernelUploads);
  const password = process.env[REDIS_PASSWORD];
  const { signal, over } = listenForInterruption();
  try {
    return await workOn(hosts, {
      ...{ sshOptions: given.sshOption ?? [], command: given.command ?? "manyhands", signal },
      orders: { queue: queue ?? "", store, workers, kernelUploads, json, ...(password && { password }) },
      onLine: ({ host, to, line }) => {
        if (to === "stdout" && json) process.stdout.write(jsonLine({ host, ...JSON.parse(line) }));
        else process[to].write(`${host}: ${printable(line)}\n`);
      },
    });
  } finally {
    over();
  }
}
