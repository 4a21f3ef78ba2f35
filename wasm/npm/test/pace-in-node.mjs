// Prints what `pace.mjs` measures in Node, and how long `init` takes from a compiled module: `pace-in-node.mjs FOLDER`.

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as steadfast from "../dist/node.js";
import { measure } from "./pace.mjs";

const module = new WebAssembly.Module(readFileSync(new URL("../dist/steadfast.wasm", import.meta.url)));
const start = performance.now();
await steadfast.init(module);
const init = (performance.now() - start) * 1_000;
const found = await measure(steadfast, (file) => readFile(join(process.argv[2], file), "utf8"));
console.log(JSON.stringify({ init, ...found }));
