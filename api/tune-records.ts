/** What `tune` resolves with. */
import type { Interval } from "./plan-records.ts";

/** A deployment, and the job on it. The first four are settings of the stack: FanOutProps, and `cdk deploy -c`. */
export interface TunedDeployment {
  /** A worker's. */
  readonly memoryMb: number;
  readonly architecture: "arm64" | "x86_64";
  /** Workers at a time. */
  readonly maxConcurrency: number;
  /** How many of them splitters may start. */
  readonly burstConcurrency: number;
  /** The chunk shape that the job is to have there. */
  readonly chunk: readonly number[];
  /** By what its workers are started: the queue's mapping alone, or splitters too. */
  readonly ramp: "mapping" | "burst";
  /** From its start to its end. */
  readonly seconds: Interval;
  readonly usd: Interval;
}

/** Which deployments suit a job, simulated. */
export interface Tuning {
  /** What it comes to, a sentence. */
  readonly verdict: string;
  /** How many deployments were tried on which the job could be done. */
  readonly tried: number;
  /** What none of them beats in time and in cost, the fastest first and the cheapest last. */
  readonly front: readonly TunedDeployment[];
  /** One of the front: beyond it, a hundredth less time costs more than a hundredth. */
  readonly knee: TunedDeployment;
  /** A limit (`maxUsd`) that is probably enough there. */
  readonly enoughUsd: number;
  /** A deployment without settings; absent where the job could not be done there. */
  readonly byDefault?: TunedDeployment | undefined;
  /** This machine's engine that is soonest. */
  readonly here: { readonly engine: "serial" | "threads" | "local"; readonly seconds: Interval };
  /** CPU seconds of all chunks on a core of this machine. */
  readonly compute: Interval;
  /** `measured` by pieces of the chunks that were computed here; `estimated` where none was through in time. */
  readonly basis: "measured" | "estimated";
  readonly region: string;
  /** What a worker has for a message. */
  readonly timeoutSeconds: number;
  /** YYYY-MM-DD. */
  readonly pricesDate: string;
  /** The region's prices that are not known: those of us-east-1 stand in. */
  readonly pricesLacking: readonly string[];
}
