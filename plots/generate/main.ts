/** Writes the generated tables next to the code that reads them: `node plots/generate/main.ts`. */
import { writeFileSync } from "node:fs";
import { colormapsFile } from "./colormaps.ts";
import { glyphsFile } from "./glyphs.ts";

const plots = new URL("../", import.meta.url);
writeFileSync(new URL("colormaps.generated.ts", plots), colormapsFile());
writeFileSync(new URL("glyphs.generated.ts", plots), glyphsFile());
