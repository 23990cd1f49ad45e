type Cell = string | number;

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The table in Markdown, below its title. */
export function markdown({ title, columns, rows }: Table): string {
  const line = (cells: readonly Cell[]) => `| ${cells.join(" | ")} |`;
  return [`**${title}**`, "", line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A column with its heading and what it says of each thing that has a row. */
export type Column<Row> = readonly [heading: string, cell: (row: Row) => Cell];

/** A table with a row for each of `rows`: a column's heading stands beside what it shows. */
export function tableOf<Row>(title: string, rows: readonly Row[], columns: readonly Column<Row>[]): Table {
  return {
    title,
    columns: columns.map(([heading]) => heading),
    rows: rows.map((row) => columns.map(([, cell]) => cell(row))),
  };
}
