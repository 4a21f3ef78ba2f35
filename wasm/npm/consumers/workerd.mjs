// workerd, the runtime of Cloudflare's Workers: the modules as they are, and bundled as wrangler does it.

import { spawn } from "node:child_process";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { must, project, projects, root, same, shipped } from "./project.mjs";
import { expected, LITTLE, little, story } from "./story.mjs";

const answer = expected();

const asIs = (program) =>
  project(`workerd-as-is-${program === story ? "story" : "little"}`, {
    "worker.js": handler("./program.js"),
    "program.js": program("steadfast"),
    // It reads no file outside the folder of its configuration.
    "dist/workerd.js": shipped("dist/workerd.js"),
    "dist/shared.js": shipped("dist/shared.js"),
    "dist/steadfast.wasm": shipped("dist/steadfast.wasm"),
  });
await serves("as it is", asIs(story), asItIs(), answer);
await serves("as it is, little", asIs(little), asItIs(), LITTLE);
for (const [name, program, text] of [
  ["bundled", story, answer],
  ["bundled, little", little, LITTLE],
]) {
  const folder = project(`workerd-${name.replace(/\W+/g, "-")}`, {
    "src/worker.js": handler("./program.js"),
    "src/program.js": program("steadfast"),
  });
  await bundled(folder);
  await serves(name, folder, [esModule("worker.js", "worker.js"), wasm("./steadfast.wasm", "steadfast.wasm")], text);
}
console.log("workerd: modules as they are, and bundled with the condition workerd");

/** The handler gives the answer, the second time from the instance that is there already. */
function handler(program) {
  return `import { answer } from "${program}";
const told = answer();
export default {
  async fetch() {
    return new Response(await told);
  },
};
`;
}

function asItIs() {
  return [
    esModule("worker.js", "worker.js"),
    esModule("program.js", "program.js"),
    esModule("steadfast", "dist/workerd.js"),
    esModule("shared.js", "dist/shared.js"),
    wasm("steadfast.wasm", "dist/steadfast.wasm"),
  ];
}

function esModule(name, file) {
  return `(name = "${name}", esModule = embed "${file}")`;
}

function wasm(name, file) {
  return `(name = "${name}", wasm = embed "${file}")`;
}

/** As wrangler: the conditions of a worker, and what ends in .wasm is a module of its own. */
async function bundled(folder) {
  const modules = [];
  const apart = {
    name: "apart",
    setup(build) {
      build.onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
        modules.push(join(resolveDir, path));
        return { path: "./steadfast.wasm", external: true };
      });
    },
  };
  await esbuild.build({
    absWorkingDir: folder,
    entryPoints: ["src/worker.js"],
    outfile: "worker.js",
    bundle: true,
    format: "esm",
    minify: true,
    conditions: ["workerd", "worker", "browser"],
    plugins: [apart],
    logLevel: "silent",
  });
  must(modules.length === 1, `the bundle has ${modules.length} modules that end in .wasm, not 1`);
  project(folder.slice(projects().length), { "steadfast.wasm": shipped("dist/steadfast.wasm") });
}

/** Runs the worker, and fetches from it twice. */
async function serves(name, folder, modules, text) {
  project(folder.slice(projects().length), { "config.capnp": config(modules) });
  const words = ["serve", "--socket-addr=http=127.0.0.1:0", "--control-fd=3", "config.capnp"];
  const workerd = spawn(join(root, "node_modules/.bin/workerd"), words, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let said = "";
  workerd.stdout.on("data", (data) => (said += data));
  workerd.stderr.on("data", (data) => (said += data));
  const ended = new Promise((done) => workerd.on("close", done));
  try {
    const port = await Promise.race([
      listening(workerd),
      ended.then(() => undefined),
      new Promise((done) => setTimeout(done, 30_000).unref()),
    ]);
    must(port !== undefined, `${name}: workerd does not listen:\n${said}`);
    for (const time of ["once", "twice"]) {
      const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(30_000) });
      const found = await response.text();
      must(response.ok, `${name}: workerd answers ${response.status}: ${found.slice(0, 500)}\n${said}`);
      same(`${name}, ${time}`, found, text);
    }
    must(said === "", `${name}: workerd says ${said}`);
  } finally {
    workerd.kill("SIGKILL");
    await ended;
  }
}

/** The port, which workerd tells on a descriptor of its own. */
function listening(workerd) {
  return new Promise((done) => {
    let told = "";
    workerd.stdio[3].on("data", (data) => {
      told += data;
      const line = /^\{.*"listen".*\}$/m.exec(told);
      if (line) {
        done(JSON.parse(line[0]).port);
      }
    });
  });
}

function config(modules) {
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);

const worker :Workerd.Worker = (
  modules = [
    ${modules.join(",\n    ")}
  ],
  compatibilityDate = "2026-01-01",
);
`;
}
