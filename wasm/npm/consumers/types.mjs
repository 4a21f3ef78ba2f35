// TypeScript, as strict as it gets, against the types as they are shipped: nothing of a library is skipped.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { must, project, root, run } from "./project.mjs";

const tsc = join(root, "node_modules/typescript/bin/tsc");
const strict = {
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  forceConsistentCasingInFileNames: true,
  typeRoots: [join(root, "node_modules/@types")],
  types: [],
};
const browser = { ...strict, module: "esnext", moduleResolution: "bundler", target: "es2022", lib: ["es2022", "dom"] };
const server = { ...strict, module: "node16", moduleResolution: "node16", target: "es2022", lib: ["es2022"], types: ["node"] };

const named = (names, from) => `import { ${names} } from "${from}";\n`;
const NAMES =
  "ObservationHandle, Simulation, SteadfastError, about, canonical, init, initSync, plan, read, reconcile, revisionName, " +
  "simulate, text, write, type Action, type Observation, type Options, type PlanQuestion, type Problem, type Result";
const MODULE = '{"type": "module"}\n';
const COMMON = '{"type": "commonjs"}\n';

const cases = {
  "bundler": [browser, { "main.ts": named(NAMES, "steadfast") + uses("url") }],
  "bundler, inline": [browser, { "main.ts": named(NAMES, "steadfast/inline") + uses("nothing") }],
  "bundler, as TypeScript comes": [
    { ...strict, moduleResolution: "bundler", module: "esnext" },
    { "main.ts": named(NAMES, "steadfast") + uses("url") },
  ],
  "bundler, the module as a file": [browser, { "main.ts": asFile() }],
  "bundler, workerd": [
    { ...browser, lib: ["es2022", "webworker"], customConditions: ["workerd"] },
    { "main.ts": named(NAMES, "steadfast") + uses("nothing") },
  ],
  "node16, modules": [server, { "main.ts": named(NAMES, "steadfast") + uses("nothing"), "package.json": MODULE }],
  "node16, modules, inline": [
    server,
    { "main.ts": named(NAMES, "steadfast/inline") + uses("nothing"), "package.json": MODULE },
  ],
  "node16, CommonJS": [server, { "main.ts": named(NAMES, "steadfast") + uses("nothing"), "package.json": COMMON }],
  "node16, import = require": [server, { "main.cts": required(), "package.json": COMMON }],
  "node16, CommonJS by dynamic import": [server, { "main.ts": dynamic(), "package.json": COMMON }],
  "nodenext with everything": [
    { ...server, module: "nodenext", moduleResolution: "nodenext", lib: ["esnext", "dom"] },
    { "main.mts": named(NAMES, "steadfast") + uses("nothing"), "other.cts": required() },
  ],
};
// What the types allow and refuse, line by line, is written down beside the sources.
const judged = join(root, "test/types.ts");
if (existsSync(judged)) {
  const text = readFileSync(judged, "utf8").replace(/"\.\.\/src\/\w+\.js"/g, '"steadfast"');
  for (const name of ["bundler", "node16, modules", "node16, CommonJS"]) {
    cases[name][1]["judged.ts"] = text;
  }
}

const refused = [];
for (const [name, [compilerOptions, files]] of Object.entries(cases)) {
  const folder = project(`types-${name.replace(/\W+/g, "-")}`, {
    ...files,
    "tsconfig.json": JSON.stringify({ compilerOptions, files: Object.keys(files).filter((path) => path.endsWith("ts")) }),
  });
  await run(process.execPath, [tsc, "-p", "."], folder).catch((error) => refused.push(`${name}: ${error.message}`));
}
must(refused.length === 0, refused.join("\n"));

// The same with a mistake in it: a test that takes anything would take this too.
const [compilerOptions, files] = cases.bundler;
const wrong = project("types-wrong", {
  "main.ts": files["main.ts"].replace('kubernetes: "1.34"', "kubernetes: 1.34"),
  "tsconfig.json": JSON.stringify({ compilerOptions, files: ["main.ts"] }),
});
const taken = await run(process.execPath, [tsc, "-p", "."], wrong).then(
  () => true,
  (error) => !/TS2322/.test(error.message),
);
must(!taken, "`kubernetes: 1.34` is no text, and was not refused");

const { version } = JSON.parse(readFileSync(join(root, "node_modules/typescript/package.json"), "utf8"));
console.log(`TypeScript ${version}: ${Object.keys(cases).length} projects under strict, libraries checked too`);

/** A program that uses everything with its types said, and starts with `source`. */
function uses(source) {
  return `
export async function main(observation: Observation, options: Options): Promise<string[]> {
  await init(${source === "url" ? 'new URL("https://example.com/steadfast.wasm")' : ""});
  initSync(${source === "url" ? "new Uint8Array()" : ""});
  const question: PlanQuestion = { objects: [{ apiVersion: "apps/v1", kind: "StatefulSet" }], kubernetes: "1.34" };
  const forecast = plan(question);
  if (!forecast.ok) {
    return said(forecast.error);
  }
  const restarted: number = forecast.value.pods.restarted;
  const answer = reconcile(observation, options);
  const actions: readonly Action[] = answer.ok ? answer.value.actions : [];
  const names = actions.map((action) => (action.type === "CreatePod" ? String(action.object.kind) : action.name));

  const opened: Result<ObservationHandle> = ObservationHandle.open(observation);
  if (opened.ok) {
    const removed = opened.value.remove("Pod", "web-0");
    // @ts-expect-error: the kinds are known
    opened.value.remove("Pods", "web-0");
    opened.value[Symbol.dispose]();
    names.push(String(removed.ok && removed.value));
  }
  const begun = Simulation.begin({ objects: "", timeline: [{ at: "1m", scale: { name: "web", replicas: 1 } }] });
  // @ts-expect-error: it may have failed
  begun.value.run();
  if (begun.ok) {
    for (const entry of Simulation.restore(begun.value.snapshot()).ok ? [] : [begun.value.trace()]) {
      names.push(JSON.stringify(entry));
    }
  }
  // @ts-expect-error: two events at once
  simulate({ timeline: [{ at: "1m", crash: "web-0", ready: "web-0" }] });
  const revision: Result<string> = revisionName({ kind: "StatefulSet" }, { featureGates: { MaxUnavailableStatefulSet: true } });
  const known: readonly string[] = about().kubernetes.versions;
  const contents = read("");
  const yaml = contents.ok && contents.value.objects[0] ? write(contents.value.objects[0].object) : undefined;
  const oks = [revision.ok, yaml?.ok, canonical("{}").ok].map(String);
  return [text.plan("{}"), String(restarted), ...names, ...known, ...oks];
}

function said({ code, message, causes }: Problem): string[] {
  return code === "trap" ? [message] : causes.map(({ field, detail }) => field + ": " + detail);
}

export const isMisuse = (thrown: unknown): boolean => thrown instanceof SteadfastError && thrown.code === "notInitialized";
`;
}

function asFile() {
  return `import { init } from "steadfast";
import module from "steadfast/steadfast.wasm";

await init(module);
await init(fetch("https://example.com/steadfast.wasm"));
await init(WebAssembly.compile(new Uint8Array()));
// @ts-expect-error: a number is no source
await init(1);
export {};
`;
}

function required() {
  return `import steadfast = require("steadfast");

steadfast.initSync();
const forecast: steadfast.Result<steadfast.Forecast> = steadfast.plan({ objects: "" });
export = forecast;
`;
}

/** How CommonJS comes to what is a module only. */
function dynamic() {
  return `export async function version(): Promise<string> {
  const { about, init } = await import("steadfast/inline");
  await init();
  return about().version;
}
`;
}
