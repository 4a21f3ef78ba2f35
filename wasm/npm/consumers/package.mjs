// The tarball itself: what is in it, and what publint and are-the-types-wrong say.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { must, projects, root, run, shipped, tarball } from "./project.mjs";

const listed = execFileSync("tar", ["-tzf", tarball()], { encoding: "utf8" })
  .trim()
  .split("\n")
  .map((path) => path.replace(/^package\//, ""))
  .filter((path) => !path.endsWith("/"));
const manifest = JSON.parse(shipped("package.json"));

const unmeant = listed.filter((path) => !isMeant(path));
must(unmeant.length === 0, `the tarball holds what is not meant to be in it: ${unmeant.join(", ")}`);
for (const path of ["README.md", "LICENSE", "package.json", ...pathsOf(manifest.exports), manifest.main, manifest.types]) {
  must(listed.includes(path.replace(/^\.\//, "")), `the tarball lacks ${path}`);
}
const reached = reachable();
const unreached = listed.filter((path) => path.startsWith("dist/") && !reached.has(path));
const absent = [...reached].filter((path) => !listed.includes(path));
must(absent.length === 0, `files of the tarball lead to others that it lacks: ${absent.join(", ")}`);
must(unreached.length === 0, `nothing leads to these files of the tarball: ${unreached.join(", ")}`);

for (const path of listed) {
  const text = shipped(path).toString("latin1");
  must(!/\/\/[#@] sourceMappingURL=/.test(text), `${path} names a source map, and there is none`);
  const place = [root, dirname(projects()), process.env.HOME].find((place) => place && place.length > 4 && text.includes(place));
  must(place === undefined, `${path} names ${place}, a folder of this machine`);
}

must(manifest.sideEffects === false, "package.json does not say that the package has no side effects");
must(Object.keys(manifest.dependencies ?? {}).length === 0, "the package has dependencies");
must(manifest.scripts === undefined, "the package has scripts, which npm would run");
for (const [path, conditions] of Object.entries(manifest.exports)) {
  typesFirst(path, conditions);
}

const bin = (name) => join(root, "node_modules/.bin", name);
await run(process.execPath, [bin("publint"), tarball(), "--strict"], projects());
// The main entry is for everyone. The others are modules, and their types say so: who writes CommonJS imports them
// dynamically, or takes the main entry.
const attw = [bin("attw"), tarball(), "--no-definitely-typed", "--format", "ascii"];
await Promise.all([
  run(process.execPath, [...attw, "--entrypoints", "."], projects()),
  run(process.execPath, [...attw, "--exclude-entrypoints", ".", "--profile", "esm-only"], projects()),
]);

const kB = (bytes) => `${Math.round(bytes / 1000)} kB`;
console.log(`${listed.length} files, ${kB(readFileSync(tarball()).length)}; publint and are-the-types-wrong have no complaint`);

function isMeant(path) {
  return (
    ["README.md", "LICENSE", "package.json"].includes(path) ||
    /^dist\/(browser|inline|node|shared|workerd|steadfast\.wasm\.inline)\.js$/.test(path) ||
    ["dist/node.cjs", "dist/steadfast.wasm", "dist/steadfast.wasm.d.ts"].includes(path) ||
    /^dist\/types\/([a-z]+\/)?[a-z]+\.d\.c?ts$/.test(path)
  );
}

/** All paths in `exports`. */
function pathsOf(conditions) {
  return typeof conditions === "string" ? [conditions] : Object.values(conditions).flatMap(pathsOf);
}

/** The files to which the entries lead. */
function reachable() {
  const found = new Set([...pathsOf(manifest.exports), manifest.main, manifest.types].map((path) => posix.normalize(path)));
  for (const path of found) {
    if (!/\.(c?js|d\.c?ts)$/.test(path)) {
      continue;
    }
    const text = listed.includes(path) ? shipped(path).toString("utf8") : "";
    for (const [, , specifier] of text.matchAll(/(from |import |import\(|new URL\()"(\.{1,2}\/[^"]+)"/g)) {
      const file = posix.join(posix.dirname(path), specifier);
      found.add(/\.d\.c?ts$/.test(path) ? file.replace(/\.(c?)js$/, ".d.$1ts") : file);
    }
  }
  return found;
}

/** TypeScript takes the first condition that fits: it must see `types` before any code. */
function typesFirst(path, conditions) {
  if (typeof conditions === "string") {
    return;
  }
  const names = Object.keys(conditions);
  const at = names.indexOf("types");
  must(at <= 0, `exports["${path}"]: \`types\` is not the first condition`);
  const code = names.some((name) => typeof conditions[name] === "string" && name !== "types");
  must(at === 0 || !code, `exports["${path}"] has code without types`);
  names.forEach((name) => typesFirst(path, conditions[name]));
}
