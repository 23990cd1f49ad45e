import type { AwsClient } from "./aws-client.ts";
import { hostOf } from "./service-host.ts";

/** Invokes a function without waiting for it: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export class LambdaFunction {
  readonly #client: AwsClient;
  readonly #url: URL;

  constructor(client: AwsClient, name: string) {
    this.#client = client;
    this.#url = new URL(
      `/2015-03-31/functions/${name}/invocations`,
      client.endpoint ?? `https://${hostOf("lambda", client.region)}`,
    );
  }

  /**
   * Returns once Lambda has taken the event. Throws AwsError; if the answer was lost, Lambda may have taken the event
   * too.
   */
  async invokeLater(event: object): Promise<void> {
    await this.#client.send({
      ...{ operation: "Invoke", method: "POST", url: this.#url, body: JSON.stringify(event), isOnce: true },
      headers: { "content-type": "application/json", "x-amz-invocation-type": "Event" },
    });
  }
}
