/** A job that is stopped by a signal, opened again, finished and verified. */
import { InterruptedError, open, run } from "manyhands";

const stop = new AbortController();
const job = run(
  new URL("../kernels/epidemic.ts", import.meta.url), // a path or URL, in place of an import
  {},
  { engine: "serial", points: [9, 40], chunk: [1, 40], out: "stopped", plots: false, signal: stop.signal },
);
try {
  for await (const { done } of job) if (done === 2) stop.abort();
} catch (error) {
  if (!(error instanceof InterruptedError)) throw error;
  console.log(error.code);
}

const old = await open("stopped");
const { state, chunks } = await old.status();
console.log(`${state}: ${chunks.done < chunks.total ? "some" : "no"} chunks are missing`);
const { summary } = await old.resume({ engine: "threads" });
console.log(`${summary.state} in round ${summary.round}`);
const { isEqual, chunks: compared } = await old.verify({ chunks: "all" });
console.log(`${compared.compared} chunks computed again, equal: ${isEqual}`);
