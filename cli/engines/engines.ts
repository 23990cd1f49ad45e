import { InvalidInputError } from "../../shared/validation/errors.ts";
import { didYouMean } from "../../shared/validation/nearest-name.ts";
import { show } from "../../shared/validation/parse.ts";
import type { Engine } from "./engine.ts";

interface EngineOptions {
  /** The stack of a deployment. */
  readonly stack: string;
}
type LoadEngine = (options: EngineOptions) => Promise<Engine>;

/** The engines by name, each loaded only when it is used. */
export const ENGINES: Readonly<Record<string, LoadEngine>> = {
  serial: async () => (await import("./serial.ts")).serial,
  threads: async () => (await import("./threads.ts")).threadsEngine(),
  local: async () => (await import("./local.ts")).localEngine(),
  aws: async ({ stack }) => (await import("./aws.ts")).awsEngine(stack),
};

/** Throws InvalidInputError. */
export function engineNamed(name: string): LoadEngine {
  const engine = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (engine) return engine;
  const known = Object.keys(ENGINES);
  throw new InvalidInputError("--engine", `one of ${known.join(", ")}`, show(name), didYouMean(name, known));
}
