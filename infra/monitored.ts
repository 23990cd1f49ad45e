import { Duration } from "aws-cdk-lib";
import { Metric, type MetricOptions, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import type { Settings } from "./settings.ts";
import type { StageFunction } from "./stage-function.ts";

/** A fleet of workers with its queue. */
export interface Fleet {
  readonly chunks: Queue;
  readonly chunkDeadLetters: Queue;
  readonly worker: StageFunction;
}

/** The resources that the alarms and the dashboard watch. */
export interface Monitored extends Fleet {
  readonly settings: Settings;
  /** The workers of kernels in Python, where there are any. */
  readonly python: Fleet | undefined;
  readonly results: Queue;
  readonly resultDeadLetters: Queue;
  readonly splitter: StageFunction;
  readonly aggregator: StageFunction;
}

/** The finest period that Lambda and SQS report without extra charge. */
const PERIOD = Duration.minutes(1);

type QueueMetric =
  | "ApproximateAgeOfOldestMessage"
  | "ApproximateNumberOfMessagesNotVisible"
  | "ApproximateNumberOfMessagesVisible"
  | "NumberOfMessagesReceived";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
export function queueMetric(queue: IQueue, metricName: QueueMetric, more: MetricOptions = {}): Metric {
  const statistic = metricName === "NumberOfMessagesReceived" ? Stats.SUM : Stats.MAXIMUM;
  const dimensionsMap = { QueueName: queue.queueName };
  return new Metric({ namespace: "AWS/SQS", metricName, dimensionsMap, statistic, period: PERIOD, ...more });
}

type FunctionMetric = "AsyncEventsDropped" | "ConcurrentExecutions" | "Duration" | "Errors" | "Throttles";

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export function functionMetric(
  stage: StageFunction,
  metricName: FunctionMetric,
  more: MetricOptions = {},
): Metric {
  const statistic = metricName === "ConcurrentExecutions" ? Stats.MAXIMUM : Stats.SUM;
  const dimensionsMap = { FunctionName: stage.functionName };
  return new Metric({
    namespace: "AWS/Lambda",
    metricName,
    dimensionsMap,
    statistic,
    period: PERIOD,
    ...more,
  });
}
