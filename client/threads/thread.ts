/** The program of this command's threads, which share most of their code. Its first argument says which one a thread runs. */
import { loadFile } from "../../tools/kernels/load-thread.ts";
import { serveChunks } from "../inline/thread-worker.ts";
import { timeCosts } from "../kernels/cost-thread.ts";
import { serveRecomputing } from "../verify/recompute-thread.ts";
import { serveWatching } from "../watch/watch-thread.ts";

// Not loaded when they are called: esbuild would keep all of each module, a third more.
const PROGRAMS = {
  chunks: serveChunks,
  cost: timeCosts,
  load: loadFile,
  recompute: serveRecomputing,
  watch: serveWatching,
};

export type ThreadProgram = keyof typeof PROGRAMS;

void PROGRAMS[process.argv[2] as ThreadProgram]();
