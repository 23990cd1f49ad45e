import { Duration } from "aws-cdk-lib";
import {
  Dashboard,
  GraphWidget,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  Stats,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import { type Fleet, functionMetric, type Monitored, queueMetric } from "./monitored.ts";
import type { StageFunction } from "./stage-function.ts";

/**
 * A job's life on one page. AWS measures depths, concurrency and durations by the minute. It does not measure chunks
 * per second and cold starts: the dashboard reads those from the logs when a person opens it, in steps of 10 s, because
 * a custom metric would cost every month.
 */
export function makeDashboard(scope: Construct, id: string, monitored: Monitored): Dashboard {
  return new Dashboard(scope, id, {
    defaultInterval: Duration.hours(1),
    widgets: [
      [new TextWidget({ markdown: LEGEND, width: 24, height: 2 })],
      [queueDepths(monitored), concurrency(monitored)],
      [chunksPerSecond(monitored), coldStarts(monitored)],
      [durations(monitored), errors(monitored)],
      [jobs(monitored), failures(monitored)],
    ],
  });
}

const LEGEND =
  "**A job**: chunk messages pile up, workers start and take them, reports come in, the queues are empty again, the aggregator writes the summary.";
const SIZE = { width: 12, height: 6 };
/** The step of the widgets that read logs; Lambda and SQS report by the minute. */
const STEP_SECONDS = 10;

/** The fleets, each with what its lines are called before their names. */
const fleetsOf = (monitored: Monitored): readonly (readonly [Fleet, string])[] => [
  [monitored, ""],
  ...(monitored.python ? [[monitored.python, "Python "] as const] : []),
];
const workersOf = (monitored: Monitored) => fleetsOf(monitored).map(([{ worker }]) => worker);

function queueDepths(monitored: Monitored): IWidget {
  const { results, resultDeadLetters } = monitored;
  const fleets = fleetsOf(monitored);
  return new GraphWidget({
    ...SIZE,
    title: "Messages",
    left: [
      ...fleets.flatMap(([{ chunks }, of]) => [
        queueMetric(chunks, "ApproximateNumberOfMessagesVisible", { label: `${of}chunk messages waiting` }),
        queueMetric(chunks, "ApproximateNumberOfMessagesNotVisible", {
          label: `${of}chunk messages in work`,
        }),
      ]),
      queueMetric(results, "ApproximateNumberOfMessagesVisible", { label: "reports waiting" }),
    ],
    right: [
      ...fleets.map(([{ chunkDeadLetters }, of]) =>
        queueMetric(chunkDeadLetters, "NumberOfMessagesReceived", {
          label: `${of}chunk dead letters received`,
        }),
      ),
      queueMetric(resultDeadLetters, "ApproximateNumberOfMessagesVisible", {
        label: "result dead letters waiting",
      }),
    ],
  });
}

function concurrency(monitored: Monitored): IWidget {
  return new GraphWidget({
    ...SIZE,
    title: "Workers at the same time",
    left: fleetsOf(monitored).map(([{ worker }, of]) =>
      functionMetric(worker, "ConcurrentExecutions", { label: `${of}workers` }),
    ),
    leftAnnotations: [{ value: monitored.settings.maxConcurrency, label: "maxConcurrency" }],
  });
}

function chunksPerSecond(monitored: Monitored): IWidget {
  return logWidget("Chunks computed per second", workersOf(monitored), LogQueryVisualizationType.LINE, [
    'filter message = "message done"',
    "fields jsonParse(@message) as entry",
    "unnest entry.computed into chunk",
    `stats count(*) / ${STEP_SECONDS} as chunks_per_second by bin(${STEP_SECONDS}s)`,
  ]);
}

/**
 * Counts cold starts in Lambda's own line, in logs of the text format: `REPORT RequestId: … Init Duration: 171.31 ms`.
 */
function coldStarts(monitored: Monitored): IWidget {
  return logWidget("Cold starts of workers", workersOf(monitored), LogQueryVisualizationType.LINE, [
    "filter @message like /^REPORT .*Init Duration: /",
    `stats count(*) as cold_starts by bin(${STEP_SECONDS}s)`,
  ]);
}

function durations(monitored: Monitored): IWidget {
  const percentiles = fleetsOf(monitored).flatMap(([{ worker }, of]) =>
    [50, 90, 99].map((percent) =>
      functionMetric(worker, "Duration", { label: `${of}p${percent}`, statistic: Stats.percentile(percent) }),
    ),
  );
  return new GraphWidget({ ...SIZE, title: "What a worker takes for a message", left: percentiles });
}

function errors({ splitter, worker, python, aggregator }: Monitored): IWidget {
  const stages = { splitter, worker, ...(python && { "Python worker": python.worker }), aggregator };
  return new GraphWidget({
    ...SIZE,
    title: "Errors and throttles",
    left: Object.entries(stages).flatMap(([name, stage]) => [
      functionMetric(stage, "Errors", { label: `${name} errors` }),
      functionMetric(stage, "Throttles", { label: `${name} throttles` }),
    ]),
  });
}

function jobs({ splitter, aggregator }: Monitored): IWidget {
  return logWidget("Jobs", [splitter, aggregator], LogQueryVisualizationType.TABLE, [
    'filter message in ["job submitted", "job finished"]',
    "fields @timestamp, jobId, message, chunks, state, makespanMs",
    "sort @timestamp desc",
    "limit 20",
  ]);
}

function failures(monitored: Monitored): IWidget {
  const { splitter, aggregator } = monitored;
  return logWidget(
    "What failed",
    [splitter, ...workersOf(monitored), aggregator],
    LogQueryVisualizationType.TABLE,
    [
      'filter level = "ERROR" or @message like /Task timed out|Runtime exited/',
      "fields @timestamp, service, jobId, chunk, coalesce(error, reason, @message) as why",
      "sort @timestamp desc",
      "limit 20",
    ],
  );
}

function logWidget(
  title: string,
  stages: readonly StageFunction[],
  view: LogQueryVisualizationType,
  queryLines: string[],
): IWidget {
  const logGroupNames = stages.map(({ logs }) => logs.logGroupName);
  return new LogQueryWidget({ ...SIZE, title, logGroupNames, view, queryLines });
}
