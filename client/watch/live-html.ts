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
li{overflow-wrap:anywhere}select{font:inherit;max-width:100%}:focus-visible{outline:3px solid var(--bar);outline-offset:2px}`;

const SCRIPT = `
"use strict";
const $ = (id) => document.getElementById(id);
const TYPES = {uint16: [Uint16Array, 65535], uint32: [Uint32Array, 4294967295], float32: [Float32Array, NaN], float64: [Float64Array, NaN]};
const COLOURS = [[68,1,84],[59,82,139],[33,145,140],[94,201,98],[253,231,37]];
const STEPS = 256;
const RAMP = Uint32Array.from({length: STEPS}, (_, k) => {
  const t = (4 * k) / (STEPS - 1), stop = Math.min(3, Math.floor(t)), part = t - stop;
  const [r, g, b] = COLOURS[stop].map((from, c) => Math.round(from + part * (COLOURS[stop + 1][c] - from)));
  return new Uint32Array(Uint8Array.of(r, g, b, 255).buffer)[0];
});
let page, cells = [], ranges = [], images = [], isDue = false, isOver = false;
// What the timeline's canvas has: its width in time, its lanes, and how many of the bars.
let shown = {end: 0, lanes: 0, bars: 0};
function cellsOf(packed) {
  const [type, hole] = TYPES[packed.type];
  const text = atob(packed.base64), bytes = new Uint8Array(text.length);
  for (let k = 0; k < bytes.length; k++) bytes[k] = text.charCodeAt(k);
  const from = new type(bytes.buffer), all = new Float64Array(from.length);
  for (let k = 0; k < all.length; k++) all[k] = from[k] === hole ? NaN : from[k];
  return all;
}
function whole(text) {
  page = JSON.parse(text);
  cells = page.values.map((value) => cellsOf(value.cells));
  ranges = cells.map((all) => widened([Infinity, -Infinity], all));
  images = [];
  shown = {end: 0, lanes: 0, bars: 0};
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
    const came = cellsOf(tile.cells), k = tile.value, [low, high] = ranges[k];
    const [top, left] = tile.from, [rows, across] = tile.shape;
    for (let row = 0; row < rows; row++)
      cells[k].set(came.subarray(row * across, (row + 1) * across), (top + row) * width + left);
    ranges[k] = widened(ranges[k], came);
    if (ranges[k][0] !== low || ranges[k][1] !== high) images[k] = undefined;
    else if (images[k]) for (let row = top; row < top + rows; row++) paint(k, row * width + left, row * width + left + across);
  }
  page.lanes.push(...(more.lanes || []));
  page.bars.push(...(more.bars || []));
  if (page.bars.length > 40000) mergeBars();
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
  const isMap = page.values.length === 0;
  $("part").textContent = isMap ? "Shards" : "Chunks";
  $("title").textContent = page.kernel + ", job " + page.jobId;
  $("state").textContent = state;
  $("done").max = counts.total;
  $("done").value = counts.done + counts.failed;
  $("chunks").textContent = counts.done.toLocaleString("en") + " of " + counts.total.toLocaleString("en") + " stored";
  $("failed").textContent = counts.failed + " for good, " + counts.failedAttempts + (counts.failedAttempts === 1 ? " attempt" : " attempts");
  $("workers").textContent = counts.workers + (page.engine ? " on engine " + page.engine : "");
  $("left").textContent = typeof secondsLeft === "number" ? duration(secondsLeft) : "";
  $("cost").textContent = cost ? cost.usd.toPrecision(3) + " USD, " + cost.basis : "";
  $("leftIs").hidden = $("left").hidden = $("left").textContent === "";
  $("costIs").hidden = $("cost").hidden = !cost;
  $("none").hidden = failures.length > 0;
  for (const failure of failures.slice($("failures").children.length)) {
    const item = document.createElement("li");
    item.textContent = (isMap ? "Shard " : "Chunk ") + failure.chunk + (failure.isFinal ? " failed: " : ", tried again: ") + failure.error;
    $("failures").append(item);
  }
  drawArray();
  drawTimeline();
}
function duration(s) { return s < 100 ? s.toFixed(s < 10 ? 1 : 0) + " s" : s < 6000 ? (s / 60).toFixed(0) + " min" : (s / 3600).toFixed(1) + " h"; }
function short(x) { return typeof x === "number" ? String(Number(x.toPrecision(6))) : String(x); }
function widened([low, high], all) {
  for (const x of all) { if (x < low) low = x; if (x > high) high = x; }
  return [low, high];
}
function paint(k, from, to) {
  const [low, high] = ranges[k], all = cells[k], pixels = new Uint32Array(images[k].data.buffer);
  const share = (STEPS - 1) / (high - low || 1);
  for (let at = from; at < to; at++) { const x = all[at]; pixels[at] = x === x ? RAMP[Math.round((x - low) * share)] : 0; }
}
function drawArray() {
  const k = Number($("value").value) || 0;
  const all = cells[k];
  if (!all || !all.length) return;
  const width = columns(), height = all.length / width, [low, high] = ranges[k];
  const value = page.values[k], unit = value.unit ? " " + value.unit : "", name = (a) => a.about + (a.unit ? " (" + a.unit + ")" : "");
  const axes = page.axes.slice(0, 2).map((a) => name(a) + " from " + short(a.coordinates[0]) + " to " + short(a.coordinates[a.coordinates.length - 1]));
  const cut = page.axes.slice(2).map((a) => name(a) + " " + short(a.coordinates[0])).join(", ");
  $("range").textContent = (low <= high ? "From " + short(low) + unit + " (dark) to " + short(high) + unit + " (bright). " : "") + (axes.length > 1 ? "Down: " + axes[0] + "; across: " + axes[1] : "Across: " + axes[0]) + "." + (cut ? " Cut at " + cut + "." : "");
  const canvas = $("picture");
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  canvas.style.height = height === 1 ? "3rem" : "";
  const context = canvas.getContext("2d");
  if (!images[k]) { images[k] = context.createImageData(width, height); paint(k, 0, all.length); }
  context.putImageData(images[k], 0, 0);
}
/** Only bars that are new are drawn, until the job outgrows the canvas or has another worker. */
function drawTimeline() {
  const canvas = $("timeline"), lanes = Math.max(1, page.lanes.length);
  let end = 1;
  for (let k = shown.bars; k < page.bars.length; k++) end = Math.max(end, page.bars[k][3] + page.bars[k][4]);
  if (end > shown.end || lanes !== shown.lanes) {
    for (const bar of page.bars) end = Math.max(end, bar[3] + bar[4]);
    shown = {end: isOver ? end : 1.25 * end, lanes, bars: 0};
    canvas.width = 1200;
    canvas.height = Math.min(600, Math.max(48, 12 * lanes));
  }
  const context = canvas.getContext("2d"), lane = canvas.height / lanes, scale = 1200 / shown.end;
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--bar");
  for (const bar of page.bars.slice(shown.bars))
    context.fillRect(bar[3] * scale, bar[0] * lane, Math.max(1, bar[4] * scale - 0.5), Math.max(1, lane - 1));
  shown.bars = page.bars.length;
  $("span").textContent = page.lanes.length + (page.lanes.length === 1 ? " worker" : " workers, a row each") + "; from left to right " + duration(shown.end / 100000) + ".";
}
/** Those of a lane that begin in the same stretch of time become one: no picture tells them apart. Not by shown.end: a hidden tab never draws. */
function mergeBars() {
  const merged = new Map(), stretches = Math.max(1, Math.floor(20000 / page.lanes.length));
  let last = 1;
  for (const bar of page.bars) last = Math.max(last, bar[3] + bar[4]);
  for (const bar of page.bars) {
    const key = bar[0] + " " + Math.min(stretches - 1, Math.floor((bar[3] / last) * stretches)), at = merged.get(key);
    if (!at) { merged.set(key, bar); continue; }
    const end = Math.max(at[3] + at[4], bar[3] + bar[4]);
    at[3] = Math.min(at[3], bar[3]);
    at[4] = end - at[3];
  }
  page.bars = [...merged.values()];
  shown.bars = 0;
}
function redraw() { shown.end = 0; due(); }
const source = new EventSource("events");
source.addEventListener("page", (event) => { $("link").textContent = ""; $("failures").replaceChildren(); whole(event.data); });
source.addEventListener("change", (event) => change(event.data));
source.addEventListener("end", () => { source.close(); isOver = true; redraw(); });
source.addEventListener("error", () => { $("link").textContent = "Connection lost."; });
$("value").addEventListener("change", due);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);`;

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
<p role="status"><strong id="state">connecting</strong> <span id="link"></span></p>
<progress id="done" max="1" value="0" aria-label="Chunks or shards that are stored or failed"></progress>
<dl><dt id="part">Chunks</dt><dd id="chunks"></dd><dt>Failed</dt><dd id="failed"></dd><dt>Workers</dt><dd id="workers"></dd>
<dt id="leftIs" hidden>Left</dt><dd id="left" hidden></dd><dt id="costIs" hidden>Cost</dt><dd id="cost" hidden></dd></dl>
<section id="array" hidden><h2>Array</h2><p id="choice" hidden><label>Value <select id="value"></select></label></p>
<canvas id="picture" role="img" aria-label="The array, as far as it came" aria-describedby="range"></canvas><p id="range"></p></section>
<h2>Timeline</h2><canvas id="timeline" role="img" aria-label="When each worker computed" aria-describedby="span"></canvas><p id="span"></p>
<h2>Failures</h2><p id="none">None so far.</p><ul id="failures"></ul>
</main><script>${SCRIPT}</script></body></html>
`;
}
