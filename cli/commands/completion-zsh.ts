import type { Completable, CompletableOption, Completed } from "./completable.ts";

/** The script that zsh reads: each command as `_arguments` takes it. */
export function zshScript({ commands, kernels, defaultKernel, endings }: Completable): string {
  const arms = commands.map(({ name, aliases, options, operands, repeats, takesInputs }) => {
    const specs = [
      ...options.map(optionSpec),
      ...operands.map((operand, k) => {
        const place = repeats && k === operands.length - 1 ? "*" : `${k + 1}`;
        return `'${place}:${operand === "any" || typeof operand !== "string" ? "word" : operand}:${action(operand)}'`;
      }),
    ];
    return `    ${[name, ...aliases].join("|")})
      ${takesInputs ? "_manyhands_inputs\n      " : ""}_arguments -s ${specs.join(" \\\n        ")}${takesInputs ? " \\\n        $inputs" : ""} ;;`;
  });
  const inputs = [...kernels].map(
    ([name, options]) =>
      `      ${name}) kernel=${name}; inputs=(\n        ${options.map(optionSpec).join("\n        ")}\n      ) ;;`,
  );
  const listed = commands.flatMap(({ name, aliases, about }) =>
    [name, ...aliases].map((each) => quoted(`${each}:${about}`)),
  );
  return `#compdef manyhands
# manyhands in zsh: eval "$(manyhands completion zsh)", after compinit
_manyhands_kernels() {
  local -a names=(${[...kernels.keys()].join(" ")})
  _describe kernel names
  _files -g '*(${endings.join("|")})'
}
_manyhands_jobs() {
  local -a names=(results/*/job.json(N:h:t))
  names=(\${names:#*[^A-Za-z0-9._-]*})
  _describe job names
  _files -/
}
# The options of the kernel that is named, those of ${defaultKernel} where none is; of a file they are not known.
_manyhands_inputs() {
  local word
  for word in \${words[2,CURRENT-1]} ${defaultKernel}; do
    case $word in
      *(${endings.map((ending) => ending.replace(".", "\\.")).join("|")})) inputs=(); return ;;
${inputs.join("\n").replaceAll(/kernel=\w[\w-]*; /g, "")}
      *) continue ;;
    esac
    return
  done
}
_manyhands() {
  local curcontext=$curcontext state line
  local -a inputs
  typeset -A opt_args
  _arguments -C ${["'(- *)'{-h,--help}'[display help]'", "'(- *)'{-V,--version}'[output the version number]'"].join(" ")} '1:command:->command' '*::argument:->argument'
  case $state in
  command)
    local -a commands=(
      ${listed.join("\n      ")}
    )
    _describe command commands ;;
  argument)
    case $words[1] in
${arms.join("\n")}
    esac ;;
  esac
}
if [[ $funcstack[1] == _manyhands ]]; then _manyhands "$@"; else compdef _manyhands manyhands; fi
`;
}

function optionSpec({ long, short, about, value, isOptional }: CompletableOption): string {
  const text = `[${escaped(about)}]${value === undefined ? "" : `${isOptional ? "::" : ":"}${typeof value === "string" && value !== "any" ? value : "value"}:${action(value)}`}`;
  return short ? `'(${short} ${long})'{${short},${long}}${quoted(text)}` : quoted(`${long}${text}`);
}

function action(value: Completed): string {
  if (typeof value !== "string") return `(${value.join(" ")})`;
  const actions = {
    ...{ any: "", file: "_files", folder: "_files -/" },
    ...{ job: "_manyhands_jobs", kernel: "_manyhands_kernels" },
  };
  return actions[value];
}

/** In `[…]` of `_arguments`. */
const escaped = (text: string) => text.replace(/[[\]\\:]/g, "\\$&");
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
