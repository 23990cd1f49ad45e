/** A page that shows a job as it runs: small, without data of its own, since all comes by its events. Names and errors are set as text, never as markup. */
import { createHash } from "node:crypto";

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--faint:#595959;--line:#d0d0d0;--bar:#2a6fb0}
@media (prefers-color-scheme:dark){:root{--ink:#ececec;--paper:#161616;--faint:#b0b0b0;--line:#444;--bar:#7db4e6}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;padding:1rem;max-width:60rem}
h1{font-size:1.3rem;overflow-wrap:anywhere}h2{font-size:1.05rem}
progress{width:100%;height:1rem}
canvas{display:block;width:100%;height:auto;border:1px solid var(--line);image-rendering:pixelated;box-sizing:border-box}
#picture{max-width:40rem;background:repeating-conic-gradient(var(--line) 0 25%,transparent 0 50%) 0/16px 16px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1rem}dt{color:var(--faint)}dd{margin:0;overflow-wrap:anywhere}
li{overflow-wrap:anywhere}select{font:inherit}`;

const SCRIPT = `
"use strict";
const $ = (id) => document.getElementById(id);
const TYPES = {uint16: [Uint16Array, 65535], uint32: [Uint32Array, 4294967295], float32: [Float32Array, NaN], float64: [Float64Array, NaN]};
const COLOURS = [[68,1,84],[59,82,139],[33,145,140],[94,201,98],[253,231,37]];
let page, cells = [], isDue = false;
function cellsOf(packed) {
  const [type, hole] = TYPES[packed.type];
  const bytes = Uint8Array.from(atob(packed.base64), (c) => c.charCodeAt(0));
  return Float64Array.from(new type(bytes.buffer), (x) => (x === hole ? NaN : x));
}
function whole(text) {
  page = JSON.parse(text);
  cells = page.values.map((value) => cellsOf(value.cells));
  const names = page.values.map((value) => value.about || value.name);
  $("value").replaceChildren(...names.map((name, k) => new Option(name, k)));
  $("choice").hidden = names.length < 2;
  $("array").hidden = names.length === 0;
  due();
}
function change(text) {
  const more = JSON.parse(text);
  const width = columns();
  for (const tile of more.tiles || []) {
    const came = cellsOf(tile.cells);
    for (let row = 0; row < tile.shape[0]; row++)
      cells[tile.value].set(came.subarray(row * tile.shape[1], (row + 1) * tile.shape[1]), (tile.from[0] + row) * width + tile.from[1]);
  }
  page.lanes.push(...(more.lanes || []));
  page.bars.push(...(more.bars || []));
  if (page.bars.length > 40000) page.bars = page.bars.filter((_, k) => k % 2 === 0);
  page.failures.push(...(more.failures || []));
  for (const key of ["state", "counts", "cost", "secondsLeft"]) if (key in more) page[key] = more[key];
  due();
}
function columns() { const sides = page.axes.slice(0, 2); return sides.length ? sides[sides.length - 1].coordinates.length : 0; }
function due() { if (!isDue) { isDue = true; requestAnimationFrame(draw); } }
function draw() {
  isDue = false;
  const { counts, state, secondsLeft, cost, failures } = page;
  document.title = page.jobId + ": " + state;
  $("title").textContent = page.kernel + ", job " + page.jobId;
  $("state").textContent = state;
  $("done").max = counts.total;
  $("done").value = counts.done + counts.failed;
  $("chunks").textContent = counts.done.toLocaleString("en") + " of " + counts.total.toLocaleString("en") + " stored";
  $("failed").textContent = counts.failed + " for good, " + counts.failedAttempts + " attempts";
  $("workers").textContent = counts.workers + (page.engine ? " on engine " + page.engine : "");
  $("left").textContent = typeof secondsLeft === "number" ? duration(secondsLeft) : "";
  $("cost").textContent = cost ? cost.usd.toPrecision(3) + " USD, " + cost.basis : "";
  $("leftIs").hidden = $("left").hidden = $("left").textContent === "";
  $("costIs").hidden = $("cost").hidden = !cost;
  $("none").hidden = failures.length > 0;
  for (const failure of failures.slice($("failures").children.length)) {
    const item = document.createElement("li");
    item.textContent = "Chunk " + failure.chunk + (failure.isFinal ? " failed: " : ", tried again: ") + failure.error;
    $("failures").append(item);
  }
  drawArray();
  drawTimeline();
}
function duration(s) { return s < 100 ? s.toFixed(s < 10 ? 1 : 0) + " s" : s < 6000 ? (s / 60).toFixed(0) + " min" : (s / 3600).toFixed(1) + " h"; }
function short(x) { return typeof x === "number" ? String(Number(x.toPrecision(6))) : String(x); }
function drawArray() {
  const k = Number($("value").value) || 0;
  const all = cells[k];
  if (!all || !all.length) return;
  const width = columns(), height = all.length / width;
  let low = Infinity, high = -Infinity;
  for (const x of all) { if (x < low) low = x; if (x > high) high = x; }
  const value = page.values[k], unit = value.unit ? " " + value.unit : "";
  const axes = page.axes.slice(0, 2).map((a) => a.about + (a.unit ? " (" + a.unit + ")" : "") + " from " + short(a.coordinates[0]) + " to " + short(a.coordinates[a.coordinates.length - 1]));
  $("range").textContent = (low <= high ? "From " + short(low) + unit + " (dark) to " + short(high) + unit + " (bright). " : "") + (axes.length > 1 ? "Down: " + axes[0] + "; across: " + axes[1] : "Across: " + axes[0]) + ".";
  const canvas = $("picture");
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  canvas.style.height = height === 1 ? "3rem" : "";
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const share = 4 / (high - low || 1);
  for (let at = 0; at < all.length; at++) {
    const x = all[at];
    if (x !== x) continue;
    const t = (x - low) * share, stop = Math.min(3, Math.floor(t)), part = t - stop;
    const a = COLOURS[stop], b = COLOURS[stop + 1];
    for (let c = 0; c < 3; c++) image.data[4 * at + c] = a[c] + part * (b[c] - a[c]);
    image.data[4 * at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
function drawTimeline() {
  const canvas = $("timeline");
  const lanes = Math.max(1, page.lanes.length);
  canvas.width = 1200;
  canvas.height = Math.min(600, Math.max(24, 12 * lanes));
  const context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--bar");
  let end = 1;
  for (const bar of page.bars) end = Math.max(end, bar[3] + bar[4]);
  const lane = canvas.height / lanes;
  for (const bar of page.bars)
    context.fillRect((bar[3] / end) * 1200, bar[0] * lane, Math.max(1, (bar[4] / end) * 1200 - 0.5), Math.max(1, lane - 1));
  $("span").textContent = page.lanes.length + " workers, a row each, over " + duration(end / 100000) + ".";
}
const source = new EventSource("events");
source.addEventListener("page", (event) => { $("link").textContent = ""; $("failures").replaceChildren(); whole(event.data); });
source.addEventListener("change", (event) => change(event.data));
source.addEventListener("end", () => source.close());
source.addEventListener("error", () => { $("link").textContent = "Connection lost."; });
$("value").addEventListener("change", due);`;

/** It may run its own script, and ask for its own events. */
export function liveHtml(): string {
  const hash = createHash("sha256").update(SCRIPT).digest("base64");
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>manyhands</title>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">
<style>${STYLE}</style></head><body><main>
<h1 id="title">manyhands</h1>
<p><strong id="state">connecting</strong> <span id="link" role="status"></span></p>
<progress id="done" max="1" value="0" aria-label="Chunks that are stored or failed"></progress>
<dl><dt>Chunks</dt><dd id="chunks"></dd><dt>Failed</dt><dd id="failed"></dd><dt>Workers</dt><dd id="workers"></dd>
<dt id="leftIs" hidden>Left</dt><dd id="left" hidden></dd><dt id="costIs" hidden>Cost</dt><dd id="cost" hidden></dd></dl>
<section id="array" hidden><h2>Array</h2><p id="choice" hidden><label>Value <select id="value"></select></label></p>
<canvas id="picture" role="img" aria-label="The array, as far as it came" aria-describedby="range"></canvas><p id="range"></p></section>
<h2>Timeline</h2><canvas id="timeline" role="img" aria-label="When each worker computed" aria-describedby="span"></canvas><p id="span"></p>
<h2>Failures</h2><p id="none">None so far.</p><ul id="failures"></ul>
</main><script>${SCRIPT}</script></body></html>
`;
}
