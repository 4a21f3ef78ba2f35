// Node: modules and `require`, with the module found, given as bytes, and given compiled; at once and with waiting.

import { must, node, project, same } from "./project.mjs";
import { expected, LITTLE, little, story } from "./story.mjs";

const answer = expected();

const files = {
  "story.mjs": story(),
  "little.mjs": little(),
  "story.cjs": required(story()),
  "little.cjs": required(little()),
  "module.mjs": 'import { answer } from "./story.mjs";\nprocess.stdout.write(await answer());\n',
  "module-little.mjs": 'import { answer } from "./little.mjs";\nprocess.stdout.write(await answer());\n',
  "require.cjs": 'require("./story.cjs").answer().then((text) => process.stdout.write(text));\n',
  "require-little.cjs": 'require("./little.cjs").answer().then((text) => process.stdout.write(text));\n',
  "inline.mjs": story("steadfast/inline"),
  "module-inline.mjs": 'import { answer } from "./inline.mjs";\nprocess.stdout.write(await answer());\n',
  "bytes.mjs": `import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { answer } from "./story.mjs";
const bytes = await readFile(fileURLToPath(import.meta.resolve("steadfast/steadfast.wasm")));
process.stdout.write(await answer(bytes));
`,
  "compiled.cjs": `const { readFileSync } = require("node:fs");
const bytes = readFileSync(require.resolve("steadfast/steadfast.wasm"));
require("./story.cjs").answer(WebAssembly.compile(bytes)).then((text) => process.stdout.write(text));
`,
  "at-once.mjs": atOnce('import { about, init, initSync } from "steadfast";'),
  "at-once.cjs": atOnce('const { about, init, initSync } = require("steadfast");'),
  "at-once-inline.mjs": atOnce('import { about, init, initSync } from "steadfast/inline";'),
  "wrong-then-right.mjs": `import { about, init, SteadfastError } from "steadfast";
const wrong = await init(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).catch((thrown) => thrown);
if (!(wrong instanceof SteadfastError) || wrong.code !== "loading") throw wrong ?? new Error("an empty module was taken");
await init();
process.stdout.write(about().version);
`,
  "required-inline.cjs": `try { require("steadfast/inline"); process.stdout.write("it can"); }
catch (error) { process.stdout.write(error.code); }
`,
};
const folder = project("node", files);

const { version } = JSON.parse(/^about (.*)$/m.exec(answer)[1]);
const ends = {
  "module.mjs": answer,
  "module-little.mjs": LITTLE,
  "module-inline.mjs": answer,
  "require.cjs": answer,
  "require-little.cjs": LITTLE,
  "bytes.mjs": answer,
  "compiled.cjs": answer,
  "at-once.mjs": version,
  "at-once.cjs": version,
  "at-once-inline.mjs": version,
  "wrong-then-right.mjs": version,
};
for (const [file, end] of Object.entries(ends)) {
  same(file, await node(["--no-warnings", file], folder), end);
}
// The inline build is a module. A Node that cannot require modules says so; one that can does.
const how = await node(["--no-warnings", "required-inline.cjs"], folder);
must(["ERR_REQUIRE_ESM", "it can"].includes(how), `require("steadfast/inline"): ${how}`);

console.log(`Node ${process.versions.node}: modules and require, ${Object.keys(ends).length} programs, one text`);

/** The same as CommonJS. */
function required(text) {
  return text
    .replace(/^import (\{[^}]*\}) from ("[^"]*");/m, "const $1 = require($2);")
    .replace("export async function answer", "exports.answer = async function answer");
}

/** Starts without waiting, twice, and with waiting afterwards. */
function atOnce(start) {
  return `${start}
initSync();
initSync();
const version = about().version;
init().then(() => process.stdout.write(version));
`;
}
