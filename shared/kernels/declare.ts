import type { InputSource, KernelSource, ValueSource } from "./authoring.ts";
import type { Declaration, Input, Value } from "./declaration.ts";

/** What a kernel declares, in the form that is stored. */
export function declare(source: KernelSource): Declaration {
  const { about = "", inputs, value, values, point, onError } = source;
  const named = value ? [[value.name, value] as const] : Object.entries(values ?? {});
  return {
    about,
    form: point ? "point" : "fill",
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, inputOf(input)])),
    values: named.map(([name, given]) => valueOf(name, given)),
    ...(onError && { onError }),
  };
}

function inputOf(source: InputSource): Input {
  const { about = "" } = source;
  if ("choices" in source) {
    const { choices } = source;
    return { kind: "choice", about, choices: [...choices], default: source.default ?? choices[0] ?? "" };
  }
  if ("flag" in source) return { kind: "flag", about, default: source.default ?? false };
  const { unit = "", minimum, maximum, integer, from, to, scale } = source;
  return {
    ...{ kind: "number", about, unit },
    ...(source.default !== undefined && { default: source.default }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(integer && { integer }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(scale === "log" && { scale }),
  };
}

function valueOf(
  name: string,
  { about = "", unit = "", dtype = ["float64", "float32"] }: ValueSource,
): Value {
  return {
    name,
    about,
    unit,
    dtype: typeof dtype === "string" ? [dtype] : "countsTo" in dtype ? dtype : [...dtype],
  };
}
