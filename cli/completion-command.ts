import type { Command } from "commander";

/** Adds `completion` to the program. */
export function addCompletionCommand(program: Command): void {
  program
    .command("completion")
    .description("print a script by which a shell completes commands, options, kernels, inputs and jobs")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText(
      "after",
      `
A job's ids are those below results/. The script holds what this version of manyhands has: a shell that reads it from the command, as in
the examples, has the next one's at its next start.

Examples:
  eval "$(manyhands completion bash)"                                        in ~/.bashrc
  eval "$(manyhands completion zsh)"                                         in ~/.zshrc, after compinit
  manyhands completion fish > ~/.config/fish/completions/manyhands.fish      once`,
    )
    .action(async (shell: string) => {
      await (await import("./commands/completion.ts")).completion(shell, program);
    });
}
