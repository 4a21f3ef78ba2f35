// esbuild: the inline build, and the module as a file of its own by the loader `file`.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { comesTo, inChromium, page } from "./pages.mjs";
import { must, project } from "./project.mjs";
import { expected, LITTLE, little, story } from "./story.mjs";

const answer = expected();
const beginning = (source) => `${source}globalThis.answer = answer();\n`;
const url = (source) => `import url from "steadfast/steadfast.wasm";\n${source}globalThis.answer = answer(url);\n`;
const bundles = {
  inline: [beginning(story("steadfast/inline")), answer],
  "inline-little": [beginning(little("steadfast/inline")), LITTLE],
  file: [url(story()), answer],
  "file-little": [url(little()), LITTLE],
};

await inChromium(async (chromium) => {
  for (const [name, [source, text]] of Object.entries(bundles)) {
    const folder = project(`esbuild-${name}`, { "main.js": source, "out/index.html": page("/main.js") });
    const built = await esbuild.build({
      absWorkingDir: folder,
      entryPoints: ["main.js"],
      outdir: "out",
      bundle: true,
      format: "esm",
      minify: true,
      treeShaking: true,
      loader: { ".wasm": "file" },
      publicPath: "/",
      logLevel: "silent",
    });
    must(built.warnings.length === 0, `${name}: esbuild warns: ${built.warnings.map(({ text }) => text).join("\n")}`);
    const isApart = readdirSync(join(folder, "out")).some((file) => file.endsWith(".wasm"));
    must(isApart === name.startsWith("file"), `${name}: there is ${isApart ? "a" : "no"} .wasm file`);
    await comesTo(chromium, name, join(folder, "out"), text);
  }
  console.log(`esbuild ${esbuild.version}: steadfast/inline, and init(url) with the loader "file"`);
});
