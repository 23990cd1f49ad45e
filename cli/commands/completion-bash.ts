import type { Completable, CompletableOption, Completed } from "./completable.ts";

/** The script that bash reads: tables of the program, and a function that finds its way in them. Needs bash 4. */
export function bashScript({ commands, kernels, defaultKernel, endings }: Completable): string {
  const names = (command: { readonly name: string; readonly aliases: readonly string[] }) => [
    command.name,
    ...command.aliases,
  ];
  const rows = (prefixes: readonly string[], options: readonly CompletableOption[]) =>
    options.flatMap(({ long, short, value, isOptional }) =>
      value === undefined
        ? []
        : [long, ...(short ? [short] : [])].flatMap((flag) =>
            prefixes.map(
              (prefix) => [`${prefix} ${flag}`, `${isOptional ? "?" : ""}${kindOf(value)}`] as const,
            ),
          ),
    );
  const longs = (options: readonly CompletableOption[]) => options.map(({ long }) => long).join(" ");
  return `# manyhands in bash: eval "$(manyhands completion bash)"
_manyhands_commands='${commands.flatMap(names).join(" ")}'
_manyhands_options() {
${cases(commands.flatMap((command) => names(command).map((name) => [name, longs(command.options)] as const)))}
}
_manyhands_inputs() {
${cases([...kernels].map(([name, inputs]) => [name, longs(inputs)] as const))}
}
_manyhands_takes_inputs() {
${cases(commands.filter(({ takesInputs }) => takesInputs).map(({ name }) => [name, "yes"] as const))}
}
_manyhands_value() {
${cases([
  ...commands.flatMap((command) => rows(names(command), command.options)),
  ...[...kernels].flatMap(([name, inputs]) => rows([name], inputs)),
])}
}
_manyhands_operand() {
${cases(
  commands.flatMap((command) =>
    command.operands.flatMap((operand, k) => {
      const place = command.repeats && k === command.operands.length - 1 ? "*" : `${k}`;
      return names(command).map((name) => [`${name} ${place}`, kindOf(operand)] as const);
    }),
  ),
)}
}
_manyhands() {
  local cur=\${COMP_WORDS[COMP_CWORD]} word command= kernel=${defaultKernel} kind= operands=0 k
  [[ $cur == = ]] && cur=
  for ((k = 1; k < COMP_CWORD; k++)); do
    word=\${COMP_WORDS[k]}
    # Bash takes a word apart at = and :
    if [[ $word == [=:] ]]; then
      if ((k + 1 < COMP_CWORD)); then kind=; ((k++)); fi
    elif [[ $word == -?* && ( -z $kind || $kind == \\?* ) ]]; then
      kind=$(_manyhands_value "$command $word")
      [[ -z $kind && -n $(_manyhands_takes_inputs "$command") ]] && kind=$(_manyhands_value "$kernel $word")
    elif [[ -n $kind ]]; then
      kind=
    elif [[ -z $command ]]; then
      command=$word
    else
      ((operands++ == 0)) && [[ -n $(_manyhands_takes_inputs "$command") ]] && kernel=$word
    fi
  done
  [[ $kind == \\?* && $cur == -* ]] && kind=
  kind=\${kind#\\?}
  local words=
  if [[ -z $kind && $cur == -* ]]; then
    words=\${command:+$(_manyhands_options "$command")}
    words=\${words:---help --version}
    [[ -n $(_manyhands_takes_inputs "$command") ]] && words+=" $(_manyhands_inputs "$kernel")"
  elif [[ -z $kind && -z $command ]]; then
    words=$_manyhands_commands
  else
    kind=\${kind:-$(_manyhands_operand "$command $operands")}
    case $kind in
      =*) words=\${kind#=} ;;
      kernel) words='${[...kernels.keys()].join(" ")}' ;;
      # compgen -W runs what a name has within $( )
      job) words=$(for word in results/*/job.json; do word=\${word#*/} word=\${word%%/*}; [[ $word == *[!A-Za-z0-9._-]* ]] || echo "$word"; done) ;;
    esac
  fi
  local IFS=$' \\n'
  mapfile -t COMPREPLY < <(
    compgen -W "$words" -- "$cur"
    case $kind in
      file) compgen -f -- "$cur" ;;
      folder | job) compgen -d -- "$cur" ;;
      kernel)
        compgen -d -- "$cur"
        for word in ${endings.join(" ")}; do compgen -f -X "!*$word" -- "$cur"; done
        ;;
    esac
  )
  [[ $kind == @(file|folder|job|kernel) ]] && compopt -o filenames
}
complete -F _manyhands manyhands
`;
}

/** Words begin with `=`. */
const kindOf = (value: Completed): string => (typeof value === "string" ? value : `=${value.join(" ")}`);

/** Lines of a `case` over $1; those that print the same are one. */
function cases(rows: readonly (readonly [key: string, printed: string])[]): string {
  const arms = [...Map.groupBy(rows, ([, printed]) => printed)].map(
    ([printed, same]) => `    ${same.map(([key]) => pattern(key)).join("|")}) echo '${printed}' ;;`,
  );
  return `  case $1 in\n${arms.join("\n")}\n  esac`;
}

/** The star at the end of a key stands for every operand. */
const pattern = (key: string) => (key.endsWith("*") ? `'${key.slice(0, -1)}'*` : `'${key}'`);
