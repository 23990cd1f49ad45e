import type { Declaration, Input } from "../../shared/kernels/declaration.ts";

/** A JSON Schema (2020-12) of requests for a job of this kernel: what follows from its declaration; docs/request.md has the other fields. */
export function requestSchema(name: string, { about, inputs }: Declaration): object {
  const count = { type: "integer", minimum: 1 };
  const required = Object.entries(inputs)
    .filter(([, input]) => input.kind === "number" && input.default === undefined && input.from === undefined)
    .map(([input]) => input);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `A job of ${name}`,
    ...(about && { description: about }),
    type: "object",
    required: ["kernel", ...(required.length > 0 ? ["inputs"] : [])],
    properties: {
      kernel: { type: "string", description: "the kernel's name, or the path of its file" },
      inputs: {
        type: "object",
        additionalProperties: false,
        ...(required.length > 0 && { required }),
        properties: Object.fromEntries(
          Object.entries(inputs).map(([input, each]) => [input, inputSchema(each)]),
        ),
      },
      points: {
        type: "array",
        items: count,
        description: "counts of the swept ranges, in the order of the inputs",
      },
      size: count,
      seed: { type: "integer", minimum: 0 },
    },
  };
}

function inputSchema(input: Input): object {
  const value = valueSchema(input);
  const list = { type: "array", items: value, minItems: 1 };
  const number = { type: "number" };
  const range = {
    type: "object",
    additionalProperties: false,
    properties: {
      ...{ from: number, to: number, step: number, count: { type: "integer", minimum: 1 } },
      rule: { enum: ["accumulate", "index", "log"] },
    },
  };
  const unit = input.kind === "number" && input.unit ? ` (${input.unit})` : "";
  return {
    ...(input.about + unit && { description: `${input.about}${unit}`.trim() }),
    ...(input.default !== undefined && { default: input.default }),
    anyOf: [value, list, ...(input.kind === "number" ? [range] : [])],
  };
}

function valueSchema(input: Input): object {
  if (input.kind === "choice") return { enum: input.choices };
  if (input.kind === "flag") return { type: "boolean" };
  const { minimum, maximum, integer } = input;
  return {
    type: integer ? "integer" : "number",
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
  };
}
