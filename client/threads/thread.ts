/** The program of this command's threads, which share most of their code. Its first argument says which one a thread runs. */
const PROGRAMS = {
  chunks: () => import("../inline/thread-worker.ts"),
  cost: () => import("../kernels/cost-thread.ts"),
  recompute: () => import("../verify/recompute-thread.ts"),
};

export type ThreadProgram = keyof typeof PROGRAMS;

// Not awaited: a thread that is ended while its modules load would abort V8.
void PROGRAMS[process.argv[2] as ThreadProgram]();
