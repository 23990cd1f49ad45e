import { signal } from "./scene.ts";

const STOPPED_MS = 20;
const RUNNING_MS = 10;

interface Slowed {
  readonly isAlive: () => boolean;
  /** Called each time that it was stopped for a while. */
  readonly strike: () => void;
}

/** The process gets a third of the time, until what this returns is called or something ends it. */
export function slowDown(pid: number, { isAlive, strike }: Slowed): () => void {
  const slot = { name: "slow", pid };
  let timer: NodeJS.Timeout;
  const stop = () => {
    if (!isAlive()) return;
    signal(slot, "SIGSTOP");
    timer = setTimeout(go, STOPPED_MS);
  };
  const go = () => {
    if (!isAlive()) return;
    signal(slot, "SIGCONT");
    strike();
    timer = setTimeout(stop, RUNNING_MS);
  };
  stop();
  return () => {
    clearTimeout(timer);
    if (isAlive()) signal(slot, "SIGCONT");
  };
}
