// Vite: production builds, and its development server, which bundles dependencies beforehand.

import { readdirSync } from "node:fs";
import { createServer as listener } from "node:net";
import { join } from "node:path";
import * as vite from "vite";
import { comesTo, inChromium, main, mainOfWorker, opened, page, worker } from "./pages.mjs";
import { must, project, projects } from "./project.mjs";
import { expected, LITTLE, little, story } from "./story.mjs";

const answer = expected();
const inWorker = {
  "main.js": mainOfWorker('new Worker(new URL("./worker.js", import.meta.url), { type: "module" })'),
  "worker.js": worker("./program.js"),
};
const sites = {
  normal: [{ "main.js": main("./program.js"), "program.js": story() }, answer],
  "normal-little": [{ "main.js": main("./program.js"), "program.js": little() }, LITTLE],
  inline: [{ "main.js": main("./program.js"), "program.js": story("steadfast/inline") }, answer],
  "inline-little": [{ "main.js": main("./program.js"), "program.js": little("steadfast/inline") }, LITTLE],
  url: [
    {
      "main.js": `import url from "steadfast/steadfast.wasm?url";
import { answer } from "./program.js";
globalThis.answer = answer(url);
`,
      "program.js": story(),
    },
    answer,
  ],
  worker: [{ ...inWorker, "program.js": story() }, answer],
  "worker-inline": [{ ...inWorker, "program.js": story("steadfast/inline") }, answer],
};

await inChromium(async (chromium) => {
  for (const [name, [files, text]] of Object.entries(sites)) {
    const folder = project(`vite-${name}`, { ...files, "index.html": page() });
    const warnings = [];
    const build = { outDir: "out", chunkSizeWarningLimit: 10_000, reportCompressedSize: false };
    await vite.build({ ...settings(folder, warnings), build });
    must(warnings.length === 0, `${name}: Vite warns: ${warnings.join("\n")}`);
    const modules = readdirSync(join(folder, "out/assets")).filter((file) => file.endsWith(".wasm"));
    const wanted = name.includes("inline") ? 0 : 1;
    must(modules.length === wanted, `${name}: the build has ${modules.length} .wasm files, not ${wanted}`);
    await comesTo(chromium, name, join(folder, "out"), text);
  }
  for (const name of ["normal", "inline", "url", "worker"]) {
    await developed(chromium, name);
  }
  console.log(`Vite ${vite.version}: ${Object.keys(sites).length} production builds, and the development server`);
});

async function developed(chromium, name) {
  const [files, text] = sites[name];
  const folder = project(`vite-dev-${name}`, { ...files, "index.html": page(), "public/favicon.ico": "" });
  const warnings = [];
  const server = await vite.createServer({
    ...settings(folder, warnings),
    server: {
      host: "127.0.0.1",
      port: await freePort(),
      strictPort: true,
      hmr: false,
      watch: null,
      // As in a workspace: the package is installed above the project.
      fs: { allow: [projects()] },
    },
  });
  try {
    await server.listen();
    await opened(chromium, `${name} while developing`, server.resolvedUrls.local[0], text);
    must(warnings.length === 0, `${name} while developing: Vite warns: ${warnings.join("\n")}`);
  } finally {
    await server.close();
  }
}

function settings(root, warnings) {
  const heard = (message) => warnings.push(message);
  const customLogger = {
    ...vite.createLogger("silent"),
    warn: heard,
    warnOnce: heard,
    error: heard,
  };
  return { root, configFile: false, logLevel: "warn", customLogger };
}

function freePort() {
  return new Promise((found) => {
    const server = listener().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}
