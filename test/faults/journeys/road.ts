import type { Client, ClientOptions, Ended } from "./client.ts";
import type { EngineName, Journey } from "./draw-journey.ts";

/** A journey under way, as incidents see it. */
export interface Road {
  readonly journey: Journey;
  /** Where the command line is called, and the job's folder below it. */
  readonly cwd: string;
  readonly folder: string;
  readonly tell: (what: string) => void;
  readonly problem: (what: string) => void;
  /** Notes that the incident came about. */
  readonly strike: () => void;
  /** Starts the client: `run`, or `resume` where there is a job. */
  start(engine: EngineName, options?: Omit<ClientOptions, "cwd" | "folder">): Client;
  /** Waits until the client has ended; it must have ended with one of these codes, null for a signal. Tells what it said. */
  expectEnd(client: Client, codes: readonly (number | null)[], says?: RegExp): Promise<Ended>;
}
