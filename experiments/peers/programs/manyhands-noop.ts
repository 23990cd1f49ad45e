/** `<chunks a message> noop <count>`: so many empty chunks through the engine local, as experiments/pipeline runs them. */
import { tmpdir } from "node:os";
import { runNoop } from "../../pipeline/noop-run.ts";

const startUpMs = performance.now();
const [packing = "auto", , count] = process.argv.slice(2);
const { wallMs, chunks } = await runNoop(packing === "auto" ? packing : Number(packing), tmpdir());
if (chunks !== Number(count)) throw new Error(`Expected to be asked for ${chunks} chunks, got ${count}`);
console.log(JSON.stringify({ startUpMs, computeMs: wallMs }));
