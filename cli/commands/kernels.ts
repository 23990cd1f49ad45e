import { kernels as known } from "../kernels/loader.ts";
import { optionName } from "../request/request.ts";

/** `manyhands kernels`: what can be computed, and with which parameters. */
export function kernels({ json }: { readonly json?: boolean }): void {
  const all = [...known.values()].map(({ name, about, value, axes, parameters }) => ({
    name,
    about,
    value,
    axes,
    parameters,
  }));
  if (json) {
    process.stdout.write(`${JSON.stringify(all)}\n`);
    return;
  }
  for (const { name, about, value, axes, parameters } of all) {
    const [y, x] = axes;
    process.stdout.write(`${name}: ${about}\n`);
    process.stdout.write(`  value   ${value.name} (${value.unit})\n`);
    for (const [flag, axis] of [
      ["--x", x],
      ["--y", y],
    ] as const) {
      process.stdout.write(
        `  ${flag}     ${axis.name}${axis.unit && ` (${axis.unit})`}, default ${axis.from}:${axis.to}\n`,
      );
    }
    for (const [parameter, { about, unit, default: value, minimum, maximum }] of Object.entries(parameters)) {
      const bounds = `${minimum} to ${maximum}${unit && ` ${unit}`}, default ${value}`;
      process.stdout.write(`  ${optionName(parameter).padEnd(17)} ${about} (${bounds})\n`);
    }
    process.stdout.write("\n");
  }
}
