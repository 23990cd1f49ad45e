/** Writes THIRD-PARTY-LICENCES.md. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundledPackages } from "./packages.ts";
import { licencesPage } from "./page.ts";

const path = join(import.meta.dirname, "../../THIRD-PARTY-LICENCES.md");
writeFileSync(path, licencesPage(await bundledPackages()));
