import type { Completable, CompletableCommand, CompletableOption, Completed } from "./completable.ts";

/** The script that fish reads: a line for each command, option and input. */
export function fishScript({ commands, kernels, defaultKernel, endings }: Completable): string {
  const names = ({ name, aliases }: CompletableCommand) => [name, ...aliases];
  const line = (condition: string, rest: string) => `complete -c manyhands -n '${condition}' ${rest}`;
  const within = (words: readonly string[]) => `__fish_seen_subcommand_from ${words.join(" ")}`;
  const begun = commands.flatMap((command) =>
    names(command).map((name) => line("__fish_use_subcommand", `-a ${name} -d ${quoted(command.about)}`)),
  );
  // An option that several commands have alike is one line.
  const options = Map.groupBy(
    commands.flatMap((command) =>
      command.options.map((option) => ({ words: names(command), text: optionText(option) })),
    ),
    ({ text }) => text,
  );
  const operands = Map.groupBy(
    commands.flatMap((command) =>
      command.operands.flatMap((operand) =>
        operand === "any" ? [] : [{ words: names(command), text: valueText(operand) }],
      ),
    ),
    ({ text }) => text,
  );
  const grouped = (groups: Map<string, readonly { readonly words: readonly string[] }[]>) =>
    [...groups].map(([text, same]) => line(within([...new Set(same.flatMap(({ words }) => words))]), text));
  const taking = within(commands.filter(({ takesInputs }) => takesInputs).flatMap(names));
  const inputs = [...kernels].flatMap(([name, each]) =>
    each.map((option) => line(`${taking}; and test (__manyhands_kernel) = ${name}`, optionText(option))),
  );
  return `# manyhands in fish: manyhands completion fish > ~/.config/fish/completions/manyhands.fish
function __manyhands_jobs
    for job in results/*/job.json
        string replace -rf '^results/([A-Za-z0-9._-]+)/.*' '$1' -- $job
    end
    __fish_complete_directories
end
function __manyhands_kernel_names
    printf '%s\\n' ${[...kernels.keys()].join(" ")}
    __fish_complete_path (commandline -ct) | string match -r '^[^\\t]*(?:/|${endings.map((ending) => ending.replace(".", "\\.")).join("|")})(?:\\t.*)?$'
end
# The kernel that is named, ${defaultKernel} where none is, \`file\` for a file's.
function __manyhands_kernel
    for word in (commandline -opc)[3..]
        switch $word
            case ${[...kernels.keys()].join(" ")}
                echo $word
                return
            case ${endings.map((ending) => `'*${ending}'`).join(" ")}
                echo file
                return
        end
    end
    echo ${defaultKernel}
end
complete -c manyhands -f
complete -c manyhands -n __fish_use_subcommand -s h -l help -d 'display help'
complete -c manyhands -n __fish_use_subcommand -s V -l version -d 'output the version number'
${[...begun, ...grouped(options), ...grouped(operands), ...inputs].join("\n")}
`;
}

function optionText({ long, short, about, value, isOptional }: CompletableOption): string {
  const flags = [...(short ? [`-s ${short.slice(1)}`] : []), `-l ${long.slice(2)}`];
  const needs = value === undefined || isOptional ? [] : [value === "file" ? "-r" : "-x"];
  return [...flags, ...needs, ...(value === undefined ? [] : [valueText(value)]), `-d ${quoted(about)}`]
    .filter(Boolean)
    .join(" ");
}

function valueText(value: Completed): string {
  if (typeof value !== "string") return `-a ${quoted(value.join(" "))}`;
  const texts = {
    ...{ any: "", file: "-F", folder: "-a '(__fish_complete_directories)'" },
    ...{ job: "-a '(__manyhands_jobs)'", kernel: "-a '(__manyhands_kernel_names)'" },
  };
  return texts[value];
}

const quoted = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;
