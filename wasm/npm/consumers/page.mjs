// A page without any bundler: `<script type="module">` and the files as they are in the package.

import { join } from "node:path";
import { comesTo, inChromium, main, page } from "./pages.mjs";
import { must, projects } from "./project.mjs";
import { expected, LITTLE, little, story } from "./story.mjs";

const answer = expected();
const dist = { folder: join(projects(), "node_modules/steadfast/dist") };
const site = (program) => ({ "/": page(), "/main.js": main("/program.js"), "/program.js": program, "/steadfast/": dist });

await inChromium(async (chromium) => {
  for (const entry of ["browser", "inline"]) {
    const from = `/steadfast/${entry}.js`;
    const asked = await comesTo(chromium, entry, site(story(from)), answer, {});
    await comesTo(chromium, `${entry}, little`, site(little(from)), LITTLE, {});
    const fetched = asked.includes("/steadfast/steadfast.wasm");
    must(fetched === (entry === "browser"), `${entry}: the page asked for ${asked.join(", ")}`);
  }
  // A server that does not know `.wasm` still serves the bytes.
  const untyped = { ...site(story("/steadfast/browser.js")), "/steadfast/steadfast.wasm": { ...file(), type: "text/plain" } };
  await comesTo(chromium, "served as text/plain", untyped, answer, {});
  console.log(`${chromium.version}: the entries for browsers as they are`);
});

function file() {
  return { file: join(dist.folder, "steadfast.wasm") };
}
