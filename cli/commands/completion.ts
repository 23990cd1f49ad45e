import type { Command } from "commander";
import { choice } from "../request/choice.ts";
import type { Completable } from "./completable.ts";
import { SHELLS } from "./shells.ts";

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], () => Promise<(from: Completable) => string>>> = {
  bash: async () => (await import("./completion-bash.ts")).bashScript,
  zsh: async () => (await import("./completion-zsh.ts")).zshScript,
  fish: async () => (await import("./completion-fish.ts")).fishScript,
};

/** `manyhands completion`: prints a script by which a shell completes the program's commands. */
export async function completion(shell: string, program: Command): Promise<void> {
  const script = await SCRIPTS[choice(SHELLS, shell, "shell")]();
  const { completable } = await import("./completable.ts");
  process.stdout.write(script(completable(program)));
}
