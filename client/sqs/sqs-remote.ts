/** A server that speaks SQS and a bucket in a Redis's place: the same jobs, by other ports. */
import { mayPass } from "../../shared/ports/aws/aws-error.ts";
import { openSqs, type SqsHub } from "../../shared/ports/aws/sqs-hub.ts";
import { sqsPlace } from "../../shared/ports/aws/sqs-place.ts";
import { expectConditional } from "../../shared/ports/conditional-writes.ts";
import { bucketNamed } from "../../shared/ports/redis/store-url.ts";
import { MachineKeys } from "../cloud/machine-keys.ts";
import { hubRemote } from "../hub/hub-remote.ts";
import type { JobPlace } from "../jobs/job-store.ts";
import type { Remote } from "../remote/remote.ts";

/** Opens the server that `redis` names. Throws InvalidInputError where it is not there, and without a bucket. */
export async function withSqs<Result>(
  { redis, store = "" }: JobPlace & { readonly redis: string },
  use: (remote: Remote) => Promise<Result>,
): Promise<Result> {
  const place = sqsPlace(redis, "--queue");
  const bucket = bucketNamed(store);
  const keys = new MachineKeys();
  const { credentials } = keys;
  let hub: SqsHub | undefined;
  try {
    hub = await openSqs(place, { bucket, environment: await keys.environmentIfAny(), credentials });
    const { store: objects } = hub;
    const { shown } = place;
    const remote = hubRemote(hub, shown, { place: shown, explain: (error) => error, mayPass });
    return await use({
      ...remote,
      site: {
        place: shown,
        fields: { queue: shown, store },
        lines: [
          ["where", shown],
          ["store", store],
        ],
        options: ["--queue", shown, "--store", store],
      },
      // What machines take is not known here: one that does not leaves a job's messages to others.
      kernels: { isThere: () => false, uploads: async () => "all", advice: "" },
      async submit(request) {
        await expectConditional(objects, store);
        return remote.submit(request);
      },
    });
  } finally {
    await hub?.close();
    await keys.close();
  }
}
