import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Construct } from "constructs";
import { MAX_RECEIVE_COUNT } from "../shared/validation/env.ts";
import { type Fleet, functionMetric, type Monitored, queueMetric } from "./monitored.ts";
import { visibilityTimeout } from "./queues.ts";
import { DEAD_LETTER_RETENTION, type Settings } from "./settings.ts";
import type { StageFunction } from "./stage-function.ts";

/** The queue may delay a check for 15 minutes, and the aggregator may then work on it for 15 more. */
const OLDEST_RESULT = Duration.minutes(30);
const OLDEST_CHUNK = Duration.hours(1);
const PERIOD = { period: Duration.minutes(5) };

interface Trigger {
  readonly metric: Metric;
  /** Default 1: the first occurrence counts. */
  readonly threshold?: number;
  readonly meaning: string;
  readonly whatToDo: string;
}

/** Alarms for jobs that need a person's help. They notify the topic, if there is one. An idle stack is quiet. */
export function makeAlarms(scope: Construct, id: string, monitored: Monitored): Alarm[] {
  const parent = new Construct(scope, id);
  const topic = monitored.settings.alarmTopic;
  return Object.entries(triggers(monitored)).map(([name, { metric, threshold = 1, meaning, whatToDo }]) => {
    const alarm = new Alarm(parent, name, {
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      alarmDescription: `${meaning} What to do: ${whatToDo}`,
      // SQS reports nothing for a queue that is idle for hours, and Lambda nothing for a function that does not run.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (!topic) return alarm;
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
    return alarm;
  });
}

function triggers(monitored: Monitored): Readonly<Record<string, Trigger>> {
  const { python, results, resultDeadLetters, splitter, aggregator, settings } = monitored;
  const { ChunkDeadLetters, OldestChunk, WorkerErrors, WorkerThrottles } = triggersOf(monitored, settings);
  const ofPython = python && triggersOf(python, settings);
  return {
    ChunkDeadLetters,
    OldestChunk,
    OldestResult: {
      metric: queueMetric(results, "ApproximateAgeOfOldestMessage", PERIOD),
      threshold: OLDEST_RESULT.toSeconds(),
      meaning: `A report has been waiting for ${OLDEST_RESULT.toHumanString()}: the aggregator fails or does not keep up, and jobs do not end. No result is lost.`,
      whatToDo: "the aggregator's log says why.",
    },
    SplitterErrors: {
      metric: functionMetric(splitter, "Errors", PERIOD),
      meaning:
        "The splitter failed, or refused a request. Who waited for its answer was told why, and who did not wait was not: that job was not submitted, or only in part.",
      whatToDo:
        "the splitter's log has the reason. The same request with the same requestId goes on where a submission broke off.",
    },
    SplitterDropped: {
      // No alarm for dropped starts of workers: the queue's mapping makes up for them, and the reason shows as
      // WorkerThrottles or WorkerErrors.
      metric: functionMetric(splitter, "AsyncEventsDropped", PERIOD),
      meaning:
        "Lambda gave up a job request that nobody waits for, a schedule's for instance: the splitter failed with it each time, or was throttled for hours. That job was not submitted.",
      whatToDo: "see the splitter's log and throttles, then send the request again.",
    },
    WorkerErrors,
    WorkerThrottles,
    AggregatorThrottles: {
      metric: functionMetric(aggregator, "Throttles", PERIOD),
      meaning:
        "The account's Lambda concurrency limit kept the aggregator from starting: jobs end later, or their reports go to the dead letters.",
      whatToDo: `"manyhands doctor" compares limit and fleet; deploy with a smaller maxConcurrency, so that the fleet leaves it room.`,
    },
    ResultDeadLetters: {
      // Depth works here: no function drains this queue.
      metric: queueMetric(resultDeadLetters, "ApproximateNumberOfMessagesVisible", PERIOD),
      meaning: `Reports used up their ${MAX_RECEIVE_COUNT} deliveries and lie in the result queue's dead letters, for ${DEAD_LETTER_RETENTION.toHumanString()} at most. No result is lost: chunks are stored before they are reported.`,
      whatToDo: `mend what the aggregator's log complains of, then "manyhands aggregate <job>" replays them.`,
    },
    ...(ofPython && {
      PythonChunkDeadLetters: ofPython.ChunkDeadLetters,
      OldestPythonChunk: ofPython.OldestChunk,
      PythonWorkerErrors: ofPython.WorkerErrors,
      PythonWorkerThrottles: ofPython.WorkerThrottles,
    }),
  };
}

/** Those of a fleet. */
function triggersOf({ chunks, chunkDeadLetters, worker }: Fleet, { maxConcurrency }: Settings) {
  const oldestChunk = oldestChunkAge(worker);
  return {
    ChunkDeadLetters: {
      // Not the queue's depth: the aggregator drains this queue within seconds.
      metric: queueMetric(chunkDeadLetters, "NumberOfMessagesReceived", PERIOD),
      meaning: `A chunk message used up its ${MAX_RECEIVE_COUNT} deliveries. The aggregator records its chunks as failed, or as stored where only the report was lost; with a failed chunk the job ends incomplete.`,
      whatToDo: `"manyhands status <job>" names the chunks and the reasons, the worker's log has the rest.`,
    },
    OldestChunk: {
      metric: queueMetric(chunks, "ApproximateAgeOfOldestMessage", PERIOD),
      threshold: oldestChunk.toSeconds(),
      meaning: `A chunk message has been waiting for ${oldestChunk.toHumanString()}. Either more was submitted than the fleet computes in that time, or nobody takes the messages.`,
      whatToDo:
        "see on the dashboard whether workers run. If they do, wait, or deploy with a larger maxConcurrency; if not, look for throttles and at the worker's event source mapping.",
    },
    WorkerErrors: {
      metric: functionMetric(worker, "Errors", PERIOD),
      meaning: `A worker was killed: out of time (${worker.timeoutSeconds} s), out of memory (${worker.memoryMb} MB) or crashed. Chunks whose kernel throws do not count here. The message is delivered again, ${MAX_RECEIVE_COUNT} times in all.`,
      whatToDo:
        "if it lasts, submit with smaller chunks or fewer per message, or deploy with a larger workerTimeout or memoryMb.",
    },
    WorkerThrottles: {
      metric: functionMetric(worker, "Throttles", PERIOD),
      meaning: `The account's Lambda concurrency limit kept a worker from starting; the fleet may be ${maxConcurrency}. A throttled message waits and has used up one of its ${MAX_RECEIVE_COUNT} deliveries, so chunks may fail that nobody tried.`,
      whatToDo: `"manyhands doctor" compares limit and fleet; deploy with a smaller maxConcurrency, or ask AWS for a higher limit.`,
    },
  } satisfies Record<string, Trigger>;
}

/** Longer than an hour, and longer than the message of a dying worker needs to use up its deliveries. */
function oldestChunkAge(worker: StageFunction): Duration {
  const deliveries = MAX_RECEIVE_COUNT * visibilityTimeout(worker).toSeconds();
  return Duration.seconds(Math.max(OLDEST_CHUNK.toSeconds(), deliveries));
}
