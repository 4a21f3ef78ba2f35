// webpack 5: production builds without a single loader or plugin.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import webpack from "webpack";
import { comesTo, inChromium, main, mainOfWorker, page, worker } from "./pages.mjs";
import { must, node, project, same } from "./project.mjs";
import { expected, LITTLE, little, story } from "./story.mjs";

const answer = expected();
const inWorker = {
  "main.js": mainOfWorker('new Worker(new URL("./worker.js", import.meta.url))'),
  "worker.js": worker("./program.js"),
};
const sites = {
  normal: [{ "main.js": main("./program.js"), "program.js": story() }, answer],
  "normal-little": [{ "main.js": main("./program.js"), "program.js": little() }, LITTLE],
  inline: [{ "main.js": main("./program.js"), "program.js": story("steadfast/inline") }, answer],
  "inline-little": [{ "main.js": main("./program.js"), "program.js": little("steadfast/inline") }, LITTLE],
  worker: [{ ...inWorker, "program.js": story() }, answer],
};

await inChromium(async (chromium) => {
  for (const [name, [files, text]] of Object.entries(sites)) {
    const folder = project(`webpack-${name}`, { ...files, "out/index.html": page() });
    await built(name, folder, "web");
    const modules = readdirSync(join(folder, "out")).filter((file) => file.endsWith(".wasm"));
    const wanted = name.includes("inline") ? 0 : 1;
    must(modules.length === wanted, `${name}: the build has ${modules.length} .wasm files, not ${wanted}`);
    await comesTo(chromium, name, join(folder, "out"), text);
  }
});

// A program for Node, bundled: the module is shipped along too.
const server = project("webpack-node", {
  "main.js": 'import { answer } from "./program.js";\nanswer().then((text) => process.stdout.write(text));\n',
  "program.js": story(),
  "out/package.json": '{"type": "commonjs"}\n',
});
await built("for Node", server, "node");
same("for Node", await node(["out/main.js"], server), answer);
console.log(`webpack ${webpack.version}: ${Object.keys(sites).length} production builds, and one for Node`);

async function built(name, folder, target) {
  const compiler = webpack({
    mode: "production",
    target,
    context: folder,
    entry: "./main.js",
    output: { path: join(folder, "out") },
    // It has its own opinion on how large a page may be.
    performance: false,
  });
  const stats = await new Promise((done, failed) => {
    compiler.run((error, stats) => compiler.close(() => (error ? failed(error) : done(stats))));
  });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  const said = [...errors, ...warnings].map(({ message }) => message);
  must(said.length === 0, `${name}: webpack says: ${said.join("\n")}`);
}
