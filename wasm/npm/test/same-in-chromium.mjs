// The comparison of `same.mjs` in Chromium: `same-in-chromium.mjs FILE`.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, serve } from "./browser.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const page = `<!doctype html><meta charset="utf-8"><title>same</title><script type="module">
  import * as steadfast from "./dist/browser.js";
  import { compare } from "./same.mjs";

  async function* lines(response) {
    let rest = "";
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const whole = (rest + text).split("\\n");
      rest = whole.pop();
      yield* whole;
    }
    if (rest !== "") yield rest;
  }

  window.compared = (async () => {
    await steadfast.init();
    return compare(steadfast, lines(await fetch("./native.jsonl")));
  })();
</script>`;

const server = await serve({
  "/": page,
  "/same.mjs": { file: join(here, "same.mjs") },
  "/native.jsonl": { file: process.argv[2] },
  "/dist/": { folder: join(here, "../dist") },
});
const browser = await launch();
try {
  const { page: opened, problems } = await browser.open(server.url);
  const { asked, byCall, differences } = await opened.evaluate(() => window.compared);
  for (const problem of [...problems, ...differences]) {
    console.error(problem);
  }
  console.log(`Chromium ${browser.version}: ${asked} answers compared with the native ones (${JSON.stringify(byCall)})`);
  process.exitCode = differences.length === 0 && problems.length === 0 && asked > 30_000 ? 0 : 1;
} finally {
  await browser.close();
  await server.close();
}
