// Pages with a strict Content-Security-Policy, and one that forbids WebAssembly, which must say so.

import { join } from "node:path";
import { comesTo, inChromium, main, mainOfWorker, page, POLICY, worker } from "./pages.mjs";
import { must, projects } from "./project.mjs";
import { expected, story } from "./story.mjs";
import { serve } from "../test/browser.mjs";

const answer = expected();
const dist = { folder: join(projects(), "node_modules/steadfast/dist") };
const site = (from) => ({
  "/": page(),
  "/main.js": main("/program.js"),
  "/program.js": story(from),
  "/worker.js": worker("/program.js"),
  "/steadfast/": dist,
});
// The inline build has everything inside.
const FETCHING_NOTHING = {
  "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
};

await inChromium(async (chromium) => {
  for (const entry of ["browser", "inline"]) {
    const routes = site(`/steadfast/${entry}.js`);
    const policy = entry === "inline" ? FETCHING_NOTHING : POLICY;
    await comesTo(chromium, entry, routes, answer, policy);
    const inWorker = { ...routes, "/main.js": mainOfWorker('new Worker("/worker.js", { type: "module" })') };
    await comesTo(chromium, `${entry} in a worker`, inWorker, answer, policy);

    const forbidden = await serve(routes, { headers: { "Content-Security-Policy": "default-src 'self'" } });
    const { page: opened } = await chromium.open(`${forbidden.url}/`);
    const thrown = await opened.evaluate("globalThis.answer.then(() => 'nothing', (thrown) => String(thrown))");
    await opened.context().close();
    await forbidden.close();
    must(/Content Security Policy/.test(thrown), `${entry} without 'wasm-unsafe-eval': thrown was ${thrown}`);
  }
  console.log(`under ${POLICY["Content-Security-Policy"].split("; ")[1]}, in pages and workers`);
});
