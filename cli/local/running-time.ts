/** Longer than the event loop is ever kept from a timer by work, and short against every limit. */
const STEP_MS = 500;

/**
 * Calls back once this process has run for so long (ms); returns what calls that off. A timer of Node's own also counts the
 * time in which the process was stopped: after Ctrl-Z and `fg` it would end slots that were stopped with it.
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
