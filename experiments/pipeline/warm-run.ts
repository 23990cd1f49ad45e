import { EventSource } from "../../client/local/event-source.ts";
import { inEvents } from "../../client/local/function-events.ts";
import type { AnsweredRequest } from "../../client/local/local-cloud.ts";
import { localInbox } from "../../client/local/local-inbox.ts";
import type { Finished } from "../../functions/aggregator/finish.ts";
import { withCloud } from "../measuring/own-cloud.ts";

const WORKERS = 2;
/** What the default job's values add up to. */
const SUM = 51214485;
/** The first two fill the caches of V8 and of the connections. */
const NOT_COUNTED = 2;

/**
 * The default job again and again on one cloud with its slots up: each time from the first message sent to the last
 * report in (ms), with every chunk stored.
 */
export function measureWarmMakespans(repeats: number): Promise<number[]> {
  let times: number[] = [];
  const onAnswered = ({ headers }: AnsweredRequest) => {
    if (headers["x-amz-target"] === "AmazonSQS.SendMessageBatch") times.push(performance.now());
  };
  return withCloud(
    async ({ cloud, pools }) => {
      const { sqs, queues } = cloud;
      let onFinished: (job: Finished) => void = () => {};
      const sources = [
        new EventSource({
          ...{ inbox: localInbox(sqs, queues.chunks), batchSize: 1, batchingWindowMs: 0 },
          maximumConcurrency: WORKERS,
          work: inEvents((event) => pools.worker.invoke(event)),
        }),
        new EventSource({
          ...{ inbox: localInbox(sqs, queues.results), batchSize: 50, batchingWindowMs: 20 },
          maximumConcurrency: 1,
          work: inEvents(async (event) => {
            const response = (await pools.aggregator.invoke(event)) as { finished: Finished[] };
            response.finished.forEach(onFinished);
            return response;
          }),
        }),
      ];
      for (const source of sources) source.start();
      const makespans: number[] = [];
      for (let run = 0; run < NOT_COUNTED + repeats; run++) {
        times = [];
        const finished = new Promise<Finished>((resolve) => {
          onFinished = resolve;
        });
        const requestId = `warm-${run}`;
        await pools.splitter.invoke({ requestId, kernel: "mandelbrot", output: { plots: false } });
        const { summary } = await finished;
        if (summary.sum !== SUM) throw new Error(`Expected the sum ${SUM}, got ${summary.sum}`);
        makespans.push(Math.max(...times) - Math.min(...times));
      }
      await Promise.all(sources.map((source) => source.stop()));
      return makespans.slice(NOT_COUNTED);
    },
    { workers: WORKERS, onAnswered },
  );
}
