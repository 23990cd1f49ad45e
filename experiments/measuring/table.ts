type Cell = string | number;

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a table says of the thing that has a row, by the column's heading. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

/** A table with a row for each of `rows`. */
export function tableOf<Row>(title: string, rows: readonly Row[], columns: Columns<Row>): Table {
  const cells = Object.values(columns);
  return { title, columns: Object.keys(columns), rows: rows.map((row) => cells.map((cell) => cell(row))) };
}

/** A column for each of `things`. */
export function columnsFor<Thing, Row>(
  things: readonly Thing[],
  heading: (thing: Thing) => string,
  cell: (row: Row, thing: Thing) => Cell,
): Columns<Row> {
  return Object.fromEntries(things.map((thing) => [heading(thing), (row: Row) => cell(row, thing)]));
}

/** The table in Markdown, below its title. */
export function markdown({ title, columns, rows }: Table): string {
  const line = (cells: readonly Cell[]) => `| ${cells.join(" | ")} |`;
  return [`**${title}**`, "", line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}
