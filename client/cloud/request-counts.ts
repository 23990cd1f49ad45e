import type { CloudWatchClient, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Counted } from "../../shared/plan/logged-cost.ts";
import type { Deployment } from "./deployment.ts";
import { GetMetricDataCommand } from "./watching-sdk.ts";

/** Metrics are kept by the minute. */
const PERIOD_SECONDS = 60;
/** The console's name for request metrics of a whole bucket, which cost extra: the stack does not switch them on. */
const WHOLE_BUCKET = "EntireBucket";

type Source = Pick<Deployment, "bucket" | "chunkQueue" | "resultQueue">;

/**
 * What CloudWatch counted between two times (epoch ms), of all jobs: deliveries that did not end with a deletion, and, where the bucket
 * has request metrics, its requests.
 */
export async function countedRequests(
  client: CloudWatchClient,
  { bucket, chunkQueue, resultQueue }: Source,
  { from, until }: { readonly from: number; readonly until: number },
): Promise<Counted> {
  const ofQueue = (id: string, url: string, metric: string) =>
    query(id, "AWS/SQS", metric, { QueueName: url.slice(url.lastIndexOf("/") + 1) });
  const ofBucket = (id: string, metric: string) =>
    query(id, "AWS/S3", metric, { BucketName: bucket, FilterId: WHOLE_BUCKET });
  const sums = new Map<string, number>();
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(PERIOD_SECONDS * 1000 * Math.floor(from / (PERIOD_SECONDS * 1000))),
        EndTime: new Date(until),
        ...(NextToken !== undefined && { NextToken }),
        MetricDataQueries: [
          ofQueue("chunksReceived", chunkQueue, "NumberOfMessagesReceived"),
          ofQueue("chunksDeleted", chunkQueue, "NumberOfMessagesDeleted"),
          ofQueue("reportsReceived", resultQueue, "NumberOfMessagesReceived"),
          ofQueue("reportsDeleted", resultQueue, "NumberOfMessagesDeleted"),
          ofBucket("puts", "PutRequests"),
          ofBucket("posts", "PostRequests"),
          ofBucket("lists", "ListRequests"),
          ofBucket("gets", "GetRequests"),
        ],
      }),
    );
    for (const { Id = "", Values = [] } of page.MetricDataResults ?? [])
      for (const value of Values) sums.set(Id, (sums.get(Id) ?? 0) + value);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  const sum = (id: string) => sums.get(id) ?? 0;
  const again = (queue: string) => Math.max(0, sum(`${queue}Received`) - sum(`${queue}Deleted`));
  return {
    redelivered: again("chunks") + again("reports"),
    // A bucket that has them counted at least the job's PUTs.
    ...(sums.has("puts") && { put: sum("puts") + sum("posts") + sum("lists"), get: sum("gets") }),
  };
}

function query(
  Id: string,
  Namespace: string,
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace, MetricName, Dimensions };
  return { Id, MetricStat: { Metric, Period: PERIOD_SECONDS, Stat: "Sum" } };
}
