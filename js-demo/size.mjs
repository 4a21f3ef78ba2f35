// What a first visit loads, as a server sends it that has compressed it once and for all; fails past the budget.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

/** Bytes of brotli. */
const BUDGET = 450_000;

const dist = join(import.meta.dirname, "dist");
const html = readFileSync(join(dist, "index.html"), "utf8");
const assets = readdirSync(join(dist, "assets"));
const named = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, file]) => file);
const first = [
  "index.html",
  ...named,
  ...assets.filter((file) => /^(player\.worker|player)-.*\.(js|wasm)$/.test(file)).map((file) => `assets/${file}`),
];
const later = assets.map((file) => `assets/${file}`).filter((file) => !first.includes(file));

console.log(`first visit: ${shown(sum(first))} of brotli, at most ${shown(BUDGET)}`);
for (const file of [...new Set(first)]) {
  console.log(`  ${shown(size(file)).padStart(9)}  ${file}`);
}
console.log(`later, when they are asked for: ${shown(sum(later))}`);
for (const file of later.filter((one) => size(one) > 3_000)) {
  console.log(`  ${shown(size(file)).padStart(9)}  ${file}`);
}
if (sum(first) > BUDGET) {
  console.error("the first visit is past its budget");
  process.exitCode = 1;
}

function sum(files) {
  return [...new Set(files)].reduce((bytes, file) => bytes + size(file), 0);
}

function size(file) {
  const bytes = readFileSync(join(dist, file));
  const best = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params: best }).length;
}

function shown(bytes) {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}
