// The comparison of `same.mjs` in Node: `same-in-node.mjs FILE`.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import * as steadfast from "../dist/node.js";
import { compare } from "./same.mjs";

await steadfast.init();
const lines = createInterface({ input: createReadStream(process.argv[2]), crlfDelay: Infinity });
const { asked, byCall, differences } = await compare(steadfast, lines);
for (const difference of differences) {
  console.error(difference);
}
console.log(`Node ${process.version}: ${asked} answers compared with the native ones (${JSON.stringify(byCall)})`);
process.exitCode = differences.length === 0 && asked > 30_000 ? 0 : 1;
