// Prints what `pace.mjs` measures in Chromium, as `pace-in-node.mjs` does: `pace-in-chromium.mjs FOLDER`.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, serve } from "./browser.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const page = `<!doctype html><meta charset="utf-8"><title>pace</title><script type="module">
  import * as steadfast from "./dist/browser.js";
  import { measure } from "./pace.mjs";

  window.measured = (async () => {
    const module = await WebAssembly.compile(await (await fetch("./dist/steadfast.wasm")).arrayBuffer());
    const start = performance.now();
    await steadfast.init(module);
    const init = (performance.now() - start) * 1_000;
    return { init, ...(await measure(steadfast, async (file) => (await fetch("./inputs/" + file)).text())) };
  })();
</script>`;

const server = await serve({
  "/": page,
  "/pace.mjs": { file: join(here, "pace.mjs") },
  "/inputs/": { folder: process.argv[2] },
  "/dist/": { folder: join(here, "../dist") },
});
const browser = await launch();
try {
  const { page: opened, problems } = await browser.open(server.url);
  const found = await opened.evaluate(() => window.measured);
  if (problems.length > 0) {
    throw new Error(problems.join("\n"));
  }
  console.log(JSON.stringify(found));
} finally {
  await browser.close();
  await server.close();
}
