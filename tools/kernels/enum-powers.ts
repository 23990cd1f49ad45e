import jsTokens, { type JSXToken, type Token } from "js-tokens";

type Types = readonly (Token | JSXToken)["type"][];

const COMMENTS: Types = ["SingleLineComment", "MultiLineComment", "HashbangComment"];
const BLANKS: Types = ["WhiteSpace", "LineTerminatorSequence", ...COMMENTS];
const TEMPLATES: Types = ["NoSubstitutionTemplate", "TemplateHead", "TemplateMiddle", "TemplateTail"];
/** In which `**` is no operator. */
const TEXTS: Types = ["StringLiteral", "JSXString", "JSXText", ...COMMENTS, ...TEMPLATES];

/** The line, from 1, of the first `**` among the values of an enum, in a text of TypeScript; undefined if there is none. */
export function lineOfEnumPower(text: string, isJsx = false): number | undefined {
  if (!/\benum\b/.test(text) || !text.includes("**")) return undefined;
  let line = 1;
  /** Braces that are open since the enum began. */
  let open = 0;
  let before: readonly (Token | JSXToken)[] = [];
  for (const token of tokensOf(text, isJsx)) {
    const { type, value } = token;
    // A token that merely holds one is a regular expression to the tokenizer, which knows no types: that is a division.
    if (open > 0 && value.includes("**") && !TEXTS.includes(type)) return line;
    if (type === "Punctuator") {
      if (value === "{" && (open > 0 || isEnum(before))) open++;
      if (value === "}" && open > 0) open--;
    }
    line += value.split("\n").length - 1;
    if (!BLANKS.includes(type)) before = [...before.slice(-1), token];
  }
  return undefined;
}

const isEnum = ([keyword, name]: readonly (Token | JSXToken)[]) =>
  keyword?.value === "enum" && name?.type === "IdentifierName";

function tokensOf(text: string, isJsx: boolean): Iterable<Token | JSXToken> {
  // JavaScript would take `/` after TypeScript's `x!` for the beginning of a regular expression.
  const untyped = text.replace(/([\w$)\]])!(?=\s*\/)/g, "$1 ");
  return isJsx ? jsTokens(untyped, { jsx: true }) : jsTokens(untyped);
}
