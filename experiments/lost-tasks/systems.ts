/** What hands out tasks: each as its documentation begins, and where that loses tasks, as it advises against it. */
import { join } from "node:path";

export const PEERS = join(import.meta.dirname, "../peers/.peers");

export type Kill = "process" | "machine";

export interface System {
  readonly name: string;
  readonly title: string;
  /** A program of programs/, and its arguments. */
  readonly program: readonly [string, ...string[]];
  /** What can be killed. */
  readonly kills: readonly Kill[];
  /** Where a worker is one process, both are the same. */
  readonly isOneProcess?: true;
  readonly ours?: true;
}

const BOTH = ["process", "machine"] as const;

export const SYSTEMS: readonly System[] = [
  {
    name: "redis",
    title: "**manyhands, redis**",
    program: ["manyhands_map.py", "redis"],
    kills: BOTH,
    ours: true,
  },
  {
    name: "local",
    title: "**manyhands, local**",
    program: ["manyhands_map.py", "local"],
    kills: ["process"],
    ours: true,
  },
  {
    name: "hotqueue",
    title: "hotqueue, a Redis list",
    program: ["redis_list.py"],
    kills: ["process"],
    isOneProcess: true,
  },
  { name: "rq", title: "rq", program: ["rq_queue.py", "default"], kills: BOTH },
  { name: "rq-retry", title: "rq, with retries", program: ["rq_queue.py", "retry"], kills: BOTH },
  { name: "celery", title: "Celery", program: ["celery_queue.py", "default"], kills: BOTH },
  {
    name: "celery-late",
    title: "Celery, late acknowledgement",
    program: ["celery_queue.py", "late"],
    kills: BOTH,
  },
  { name: "bullmq", title: "BullMQ", program: ["bullmq_queue.py"], kills: ["process"], isOneProcess: true },
  { name: "dask", title: "Dask distributed", program: ["dask_cluster.py"], kills: BOTH },
  { name: "ray", title: "Ray, one node", program: ["ray_tasks.py"], kills: ["process"] },
  { name: "pool", title: "multiprocessing.Pool", program: ["pool.py"], kills: ["process"] },
];
