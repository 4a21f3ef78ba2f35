// The README's examples: their types are checked, they are run, and they must print what stands below them.
// With STEADFAST_REWRITE=1 what they print is written there, for review.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import * as vite from "vite";
import { serve } from "../test/browser.mjs";
import { inChromium, page, POLICY } from "./pages.mjs";
import { must, node, project, root, run, same } from "./project.mjs";

const path = join(root, "README.md");
const readme = readFileSync(path, "utf8");
const EXAMPLE = /^## (?<title>.*)$(?:(?!^## )[^])*?^```ts\n(?<code>[^]*?)^```\n\n^```console\n(?<shown>[^]*?)^```\n/gm;
const examples = [...readme.matchAll(EXAMPLE)];
must(examples.length === 8, `README.md has ${examples.length} examples with what they print, not 8`);
must(readme.match(/^```/gm).length === 32, "README.md has blocks of code that are no example: nothing tests them");

const files = await inputs();
const folder = project("readme", files);
examples.forEach(({ groups: { code } }, at) => writeFileSync(join(folder, `example-${at + 1}.ts`), code));
await typed();

const printed = [];
for (const [at, { groups }] of examples.entries()) {
  const name = `example-${at + 1}`;
  const isForBrowsers = groups.title === "In a browser";
  // Node 20 runs JavaScript: the few types go.
  await esbuild.build({ absWorkingDir: folder, entryPoints: [`${name}.ts`], outfile: `${name}.js`, logLevel: "silent" });
  printed.push(isForBrowsers ? await inBrowsers(name, groups.code) : await node([`${name}.js`], folder));
}

if (process.env.STEADFAST_REWRITE) {
  let at = 0;
  const text = readme.replace(/^```console\n[^]*?^```\n/gm, () => "```console\n" + printed[at++] + "```\n");
  writeFileSync(path, text);
} else {
  examples.forEach(({ groups }, at) => same(`README.md, "${groups.title}"`, printed[at], groups.shown));
}
console.log(`${examples.length} examples: typed, run, and they print what README.md shows`);

/** The files that the examples read. */
async function inputs() {
  const given = (file) => readFileSync(join(root, "../..", file), "utf8");
  const folder = project("readme-inputs", {
    "stable.yaml": given("tests/recorded/web/stable.yaml"),
    "observation.js": `import { readFileSync } from "node:fs";
import { init, read } from "steadfast";
await init();
const objects = read(readFileSync("stable.yaml", "utf8")).value.objects.map(({ object }) => object);
const of = (wanted) => objects.filter(({ kind }) => kind === wanted);
const observation = {
  statefulSet: of("StatefulSet")[0],
  pods: of("Pod"),
  persistentVolumeClaims: of("PersistentVolumeClaim"),
  controllerRevisions: of("ControllerRevision"),
};
console.log(JSON.stringify(observation));
`,
  });
  const observation = await node(["observation.js"], folder);
  const pod = JSON.parse(observation).pods.find(({ metadata }) => metadata.name === "web-1");
  pod.metadata.uid = "00000000-0000-4000-8000-000000000001";
  pod.status = { phase: "Pending" };
  return {
    "web.yaml": given("examples/web.yaml"),
    "web-v2.yaml": given("examples/web-v2.yaml"),
    "dump.yaml": given("tests/recorded/web/scale-down.yaml"),
    "stuck.yaml": given("tests/recorded/web/repaired-but-stuck.yaml"),
    "observation.json": observation,
    "pod.json": JSON.stringify(pod),
  };
}

/** All examples under `strict`, as a bundler and as Node resolve modules. */
async function typed() {
  const options = {
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    target: "es2022",
    lib: ["es2022", "dom"],
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
  };
  for (const [module, moduleResolution] of [["esnext", "bundler"], ["node16", "node16"]]) {
    const compilerOptions = { ...options, module, moduleResolution };
    const name = `tsconfig.${moduleResolution}.json`;
    writeFileSync(join(folder, name), JSON.stringify({ compilerOptions, include: ["example-*.ts"] }));
    await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", name], folder);
  }
}

/** Built by Vite, and with the module inside by esbuild, under a strict policy: what both print. */
async function inBrowsers(name, code) {
  const start = page("/main.js");
  const normal = project("readme-vite", { "index.html": start, "main.js": `import "./${name}.ts";\n`, [`${name}.ts`]: code });
  await vite.build({ root: normal, configFile: false, logLevel: "silent", build: { outDir: "out", target: "es2022" } });
  const inline = project("readme-inline", {
    "index.html": page("/out.js"),
    "main.ts": code.replace('from "steadfast"', 'from "steadfast/inline"'),
  });
  const settings = { bundle: true, format: "esm", logLevel: "silent" };
  await esbuild.build({ ...settings, absWorkingDir: inline, entryPoints: ["main.ts"], outfile: "out.js" });
  return inChromium(async (chromium) => {
    const texts = [];
    for (const served of [join(normal, "out"), inline]) {
      texts.push(await printedBy(chromium, served));
    }
    same("the inline build in a browser", texts[1], texts[0]);
    return texts[0];
  });
}

async function printedBy(chromium, served) {
  const site = await serve(served, { headers: POLICY });
  const lines = [];
  try {
    const { page, problems } = await chromium.open("about:blank");
    page.on("console", (message) => lines.push(message.text()));
    await page.goto(site.url, { waitUntil: "load" });
    for (let waited = 0; waited < 100 && lines.length === 0 && problems.length === 0; waited += 1) {
      await page.waitForTimeout(50);
    }
    await page.context().close();
    must(problems.length === 0, problems.join("\n"));
  } finally {
    await site.close();
  }
  return lines.map((line) => `${line}\n`).join("");
}
