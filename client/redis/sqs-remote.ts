/** A server that speaks SQS and a bucket in a Redis's place: the same jobs, by other ports. */
import { mayPass } from "../../shared/ports/aws/aws-error.ts";
import { openSqs } from "../../shared/ports/aws/sqs-hub.ts";
import { sqsPlace } from "../../shared/ports/aws/sqs-place.ts";
import { expectConditional } from "../../shared/ports/conditional-writes.ts";
import type { Inbox } from "../../shared/ports/queue.ts";
import { bucketNamed } from "../../shared/ports/redis/store-url.ts";
import type { JobPlace } from "../jobs/job-store.ts";
import type { Remote } from "../remote/remote.ts";
import { redisRemote } from "./redis-remote.ts";

/** A client that is through with a job waits no longer for reports of others: the shortest wait that SQS knows. */
const POLL_MS = 1000;

/** Opens the server that `redis` names. Throws InvalidInputError where it is not there, and without a bucket. */
export async function withSqs<Result>(
  { redis, store = "" }: JobPlace & { readonly redis: string },
  use: (remote: Remote) => Promise<Result>,
): Promise<Result> {
  const place = sqsPlace(redis, "--queue");
  const bucket = bucketNamed(store);
  const hub = await openSqs(place, { bucket, environment: process.env });
  const faults = { place: place.shown, explain: (error: unknown) => error, mayPass };
  const impatient = <Queue extends Inbox>(queue: Queue): Queue => ({
    ...queue,
    receive: (most, waitMs) => queue.receive(most, Math.min(waitMs, POLL_MS)),
  });
  const ports = { ...hub, results: impatient(hub.results), deadChunks: impatient(hub.deadChunks) };
  const remote = redisRemote(ports, place, { redis }, faults);
  try {
    return await use({
      ...remote,
      site: {
        ...remote.site,
        fields: { queue: place.shown, store },
        lines: [...remote.site.lines, ["store", store]],
        options: ["--queue", place.shown, "--store", store],
      },
      async submit(request) {
        await expectConditional(hub.store, store);
        return remote.submit(request);
      },
    });
  } finally {
    await hub.close();
  }
}
