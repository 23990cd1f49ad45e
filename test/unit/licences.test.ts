import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bundledPackages } from "../../tools/licences/packages.ts";
import { licencesPage } from "../../tools/licences/page.ts";

const PAGE = join(import.meta.dirname, "../../THIRD-PARTY-LICENCES.md");
/** Each asks for no more than to be named, with its text. */
const ACCEPTABLE = [
  ...["MIT", "MIT-0", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause"],
  "SunPro", // fdlibm's: freely granted, with its notice
  "SEE LICENSE IN README.md AND LICENSE", // DejaVu's: that of Bitstream Vera, and the public domain
];
/** They bring none, and MIT-0 asks for none. */
const WITHOUT_TEXT = ["@aws-lambda-powertools/commons", "@aws-lambda-powertools/logger", "abstract-logging"];

const packages = await bundledPackages();

describe("the packages whose code is in what is built", () => {
  test("are listed as they are now: `npm run licences` writes the page", () => {
    expect(readFileSync(PAGE, "utf8")).toBe(licencesPage(packages));
  });

  test("have licences that ask for nothing but their names and texts", () => {
    const others = packages.filter(({ licence }) => !ACCEPTABLE.includes(licence));
    expect(others.map(({ name, licence }) => `${name}: ${licence}`)).toEqual([]);
  });

  test("come with the texts of their licences", () => {
    expect(packages.filter(({ texts }) => texts.length === 0).map(({ name }) => name)).toEqual(WITHOUT_TEXT);
  });

  test("are those of the deployed functions among others, and the page names no place of this machine", () => {
    const ofWorker = packages.filter(({ within }) => within.includes("worker")).map(({ name }) => name);
    expect(ofWorker).toEqual(expect.arrayContaining(["valibot", "@smithy/signature-v4"]));
    expect(licencesPage(packages)).not.toContain(join(import.meta.dirname, "../.."));
  });
});
