import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { ENV, MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { startBuiltCloud } from "../local/built-cloud.ts";
import type { LocalCloud } from "../local/local-cloud.ts";
import { Gate } from "./gate.ts";
import type { Within } from "./setting.ts";
import { SqsBench } from "./sqs-bench.ts";
import { type Environment, withWorker } from "./worker-process.ts";

/** Long enough that no message comes again while a check looks at it. */
const VISIBILITY_SECONDS = 3600;

export const onSqs: Within = async (command, { seconds, onOutput }, use) => {
  const { emulator } = await ensureBundles();
  const folder = mkdtempSync(join(tmpdir(), "manyhands-conform-"));
  const gate = new Gate();
  let bench: SqsBench | undefined;
  const cloud = await startBuiltCloud(
    emulator,
    {
      folder: new Folder({ "": folder }),
      visibilityTimeoutSeconds: VISIBILITY_SECONDS,
      maxReceiveCount: MAX_RECEIVE_COUNT,
      onAnswered: (request) => bench?.onAnswered(request),
    },
    gate.intercept,
    true,
  );
  try {
    return await withWorker(command, cloudEnvironment(cloud), onOutput, (worker, ended) => {
      bench = new SqsBench(cloud, new FileStore({ "": folder }), gate, ended, seconds);
      return use({ bench, worker });
    });
  } finally {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

function cloudEnvironment({ endpoint, region, credentials, bucket, queues }: LocalCloud): Environment {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // The user's own settings are meant for AWS.
    ...{
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
    },
    [ENV.bucket]: bucket,
    [ENV.chunkQueueUrl]: queues.chunks.url,
    [ENV.resultQueueUrl]: queues.results.url,
  };
}
