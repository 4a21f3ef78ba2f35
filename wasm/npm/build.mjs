// Makes `dist/` from the glue and the module in `glue/` and the sources in `src/`: run by `cargo xtask npm`.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

const wasm = readFileSync(join(root, "glue/steadfast_bg.wasm"));
writeFileSync(join(dist, "steadfast.wasm"), wasm);
const declaration = "declare const module: WebAssembly.Module;\nexport default module;\n";
writeFileSync(join(dist, "steadfast.wasm.d.ts"), declaration);
writeFileSync(join(dist, "steadfast.wasm.inline.js"), inline(wasm));

const beside = { name: "beside", setup: keepBeside };
const settings = {
  absWorkingDir: root,
  bundle: true,
  target: "es2022",
  legalComments: "none",
  plugins: [beside],
  logLevel: "warning",
};

// Entries that cannot be required.
const MODULES_ONLY = ["browser.d.ts", "inline.d.ts", "workerd.d.ts"];

// What all entries share is one file beside them.
await esbuild.build({
  ...settings,
  entryPoints: ["browser", "node", "workerd", "inline"].map((entry) => `src/entry/${entry}.ts`),
  outdir: "dist",
  format: "esm",
  platform: "neutral",
  external: ["node:*"],
  splitting: true,
  chunkNames: "shared",
});
await esbuild.build({
  ...settings,
  entryPoints: ["src/entry/node.ts"],
  outfile: "dist/node.cjs",
  format: "cjs",
  platform: "node",
  define: { "import.meta.url": "here" },
  banner: { js: 'const here = require("node:url").pathToFileURL(__filename).href;' },
});

execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", root], { stdio: "inherit" });
// Nothing that is exported names a type of this file.
rmSync(join(dist, "types/handle.d.ts"));
forRequire(join(dist, "types"));

/** What lies in `dist` beside the entries stays there. */
function keepBeside(build) {
  build.onResolve({ filter: /^\.\/steadfast\.wasm/ }, ({ path }) => ({ path, external: true }));
}

/** The module as a JavaScript file. */
function inline(bytes) {
  return `const text =\n  "${bytes.toString("base64")}";

/** The WebAssembly module. */
export function bytes() {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
`;
}

/** The same types once more for \`require\`: TypeScript tells CommonJS and modules apart by the ending. */
function forRequire(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      forRequire(path);
    } else if (entry.name.endsWith(".d.ts") && !MODULES_ONLY.includes(entry.name)) {
      const text = readFileSync(path, "utf8").replaceAll(/(["'])(\.{1,2}\/[^"']+)\.js\1/g, "$1$2.cjs$1");
      writeFileSync(path.replace(/\.d\.ts$/, ".d.cts"), text);
    }
  }
}

