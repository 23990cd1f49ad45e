import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { withCloud } from "../../client/cloud/cloud.ts";
import { atSqs } from "../../client/standing/at-sqs.ts";
import { atStack } from "../../client/standing/at-stack.ts";
import { type News, type StandingPlace, standBy } from "../../client/standing/standing-worker.ts";
import { isSqsUrl, sqsPlace } from "../../shared/ports/aws/sqs-place.ts";
import { bucketNamed } from "../../shared/ports/redis/store-url.ts";
import { counted } from "../../shared/validation/counted.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { printable } from "../../shared/validation/printable.ts";
import { wholeNumber } from "../request/numbers.ts";
import { listenForInterruption } from "../terminal/interruption.ts";
import { jsonLine } from "../terminal/text.ts";

export interface WorkerOptions {
  readonly queue: string;
  readonly store?: string;
  readonly workers?: string;
  readonly json?: boolean;
}

const MOST_WORKERS = 1000;
/** A stack's name, as CloudFormation has it. */
const SQS = /^sqs:\/\/([A-Za-z][A-Za-z0-9-]{0,127})$/;

/** `manyhands worker`: works for a deployment until it is interrupted; what it has begun by then it finishes. Returns the exit code. */
export async function worker({ queue, store, workers, json }: WorkerOptions): Promise<number> {
  const meant = isSqsUrl(queue) ? serverMeant(queue, store) : stackMeant(queue);
  const count =
    workers === undefined ? availableParallelism() : wholeNumber(workers, "--workers", MOST_WORKERS);
  const { signal, over } = listenForInterruption();
  const logFolder = mkdtempSync(join(tmpdir(), "manyhands-worker-"));
  const tally = { done: 0, "handed back": 0, died: 0 };
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const onNews = (news: News) => {
    if (news.kind in tally) tally[news.kind as keyof typeof tally]++;
    if (json) process.stdout.write(jsonLine({ atMs: Date.now(), ...news }));
    else sentenceOf(news, meant.shown).forEach(say);
  };
  try {
    const options = { name: ownName(), workers: count, logFolder, signal, onNews };
    const onLost = (why: string) => onNews({ kind: "trouble", why });
    await meant.withPlace({ signal, onLost }, (place) => standBy(place, options));
    if (!json)
      say(
        `Drained: ${counted(tally.done, "message")} done, ${tally["handed back"]} handed back, ${counted(tally.died, "worker")} died.`,
      );
    return 0;
  } finally {
    over();
    rmSync(logFolder, { recursive: true, force: true });
  }
}

interface Meant {
  /** For a sentence. */
  readonly shown: string;
  /** Opens it, which may take until it is there. */
  withPlace(waiting: Waiting, use: (place: StandingPlace) => Promise<void>): Promise<void>;
}

interface Waiting {
  readonly signal: AbortSignal;
  readonly onLost: (why: string) => void;
}

function stackMeant(queue: string): Meant {
  const [, stack] = SQS.exec(queue) ?? [];
  if (stack === undefined) {
    const expected = "sqs:// and a stack's name, such as sqs://Manyhands, or sqs+http://host:port";
    throw new InvalidInputError("--queue", expected, show(queue));
  }
  return {
    shown: `stack ${stack}`,
    withPlace: (_, use) => withCloud(stack, async (cloud) => use(await atStack(cloud))),
  };
}

function serverMeant(queue: string, store = ""): Meant {
  const place = sqsPlace(queue);
  const bucket = bucketNamed(store);
  return {
    shown: `${place.shown} and s3://${bucket}`,
    async withPlace({ signal, onLost }, use) {
      const options = { bucket, environment: process.env, patience: signal, onLost };
      await use(await atSqs(place, options));
    },
  };
}

/** No other machine's. */
const ownName = () => `${hostname().toLowerCase()}-${process.pid}-${Math.random().toString(36).slice(2, 6)}`;

/** None for what is as it should be: there may be a million messages. */
function sentenceOf(news: News, place: string): string[] {
  switch (news.kind) {
    case "started":
      return [
        `${news.name}: ${counted(news.workers, "worker")} for ${place}. Ctrl-C finishes what is begun, and takes no more.`,
      ];
    case "died":
      return [`A worker died with message ${news.messageId}, which others get: ${printable(news.why)}`];
    case "trouble":
      return [`The queue could not be asked, which goes on: ${printable(news.why)}`];
    case "answered":
      return ["The queue answers again."];
    case "draining":
      return ["Finishing what is begun …"];
    default:
      return [];
  }
}
