/** Longer than work ever delays a timer of the event loop, and short compared with every limit. */
const STEP_MS = 500;

/**
 * Calls back after `ms` of this process's own running time; the returned function cancels that. Not one timer of
 * Node's: it also counts the time in which the process was stopped, so that after Ctrl-Z and `fg` it would end slots
 * that were stopped with it.
 */
export function afterRunning(ms: number, callback: () => void): () => void {
  let leftMs = ms;
  let timer: NodeJS.Timeout;
  const step = () => {
    const nextMs = Math.min(leftMs, STEP_MS);
    leftMs -= nextMs;
    timer = setTimeout(leftMs > 0 ? step : callback, nextMs);
  };
  step();
  return () => clearTimeout(timer);
}
