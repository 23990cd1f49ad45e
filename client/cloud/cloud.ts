import { Bucket } from "./bucket.ts";
import { type Clients, withClients } from "./clients.ts";
import { type Deployment, findDeployment } from "./deployment.ts";

/** A deployment, its clients, and its bucket as a store. */
export interface Cloud {
  readonly clients: Clients;
  readonly deployment: Deployment;
  readonly store: Bucket;
}

/**
 * Finds the deployment by its stack's name and runs `use` with it. Throws CloudError.
 * @example
 * await withCloud("Manyhands", ({ store }) => readStatus(store, job));
 */
export function withCloud<Result>(stack: string, use: (cloud: Cloud) => Promise<Result>): Promise<Result> {
  return withClients(async (clients) => {
    const deployment = await findDeployment(clients, stack);
    return use({ clients, deployment, store: new Bucket(clients.s3, deployment.bucket) });
  });
}
