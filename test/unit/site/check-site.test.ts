import { expect, test } from "vitest";
import { faultsOf } from "../../../tools/site/check-site.ts";
import { folderWith } from "../../helpers/kernel-file.ts";

const page = (body: string) => `<!doctype html><html><head></head><body>${body}</body></html>`;

test("links to pages, headings and the page itself are followed", () => {
  const site = folderWith({
    "index.html": page(
      '<a href="docs/two.html#part">2</a> <a href="#">top</a> <a class="x" href="docs/two.html?a#part">',
    ),
    "docs/two.html": page('<h2 id="part">P</h2><a href="../index.html">1</a><img alt="" src="../p.svg"/>'),
    "p.svg": "",
  });
  expect(faultsOf(site)).toEqual([]);
});

test("a link to a page or a heading that is not there is named", () => {
  const site = folderWith({
    "index.html": page('<a href="gone.html">a</a> <a href="two.html#gone">b</a> <a href="#no">c</a>'),
    "two.html": page(""),
  });
  expect(faultsOf(site)).toEqual([
    "index.html links gone.html, which is not there",
    "index.html links two.html#gone, and two.html has no such heading",
    "index.html links #no, and index.html has no such heading",
  ]);
});

test("what would be loaded from elsewhere is named; a link to elsewhere may be followed by hand", () => {
  const site = folderWith({
    "index.html": page(
      '<a href="https://a">a</a><img src="data:image/png;base64,"/><script src="https://b/c.js"></script><link href="//d/e.css"/>',
    ),
    "s.css": '@import "https://f/g.css"; a { background: url(data:x) } b { src: url("http://h/i.woff") }',
  });
  expect(faultsOf(site)).toEqual([
    "index.html loads https://b/c.js",
    "index.html loads //d/e.css",
    "s.css loads https://f/g.css",
    "s.css loads http://h/i.woff",
  ]);
});
