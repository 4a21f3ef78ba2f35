// Web workers: modules as they are, and a classic worker made by esbuild.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { comesTo, inChromium, mainOfWorker, page, worker } from "./pages.mjs";
import { project, projects } from "./project.mjs";
import { expected, story } from "./story.mjs";

const answer = expected();
const dist = { folder: join(projects(), "node_modules/steadfast/dist") };

await inChromium(async (chromium) => {
  for (const entry of ["browser", "inline"]) {
    const served = {
      "/": page(),
      "/main.js": mainOfWorker('new Worker("/worker.js", { type: "module" })'),
      "/worker.js": worker("/program.js"),
      "/program.js": story(`/steadfast/${entry}.js`),
      "/steadfast/": dist,
    };
    await comesTo(chromium, `a module worker, ${entry}`, served, answer);
  }
  const folder = project("worker", { "worker.js": worker("./program.js"), "program.js": story("steadfast/inline") });
  await esbuild.build({
    absWorkingDir: folder,
    entryPoints: ["worker.js"],
    outfile: "classic.js",
    bundle: true,
    format: "iife",
    minify: true,
    logLevel: "silent",
  });
  const served = {
    "/": page(),
    "/main.js": mainOfWorker('new Worker("/classic.js")'),
    "/classic.js": readFileSync(join(folder, "classic.js")),
  };
  await comesTo(chromium, "a classic worker", served, answer);
  console.log("module workers, normal and inline, and a classic one");
});
