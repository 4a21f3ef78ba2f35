// Temporary projects that have the packed tarball installed.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a topic says when the package fails it: for people, without the lines of the test. */
class Failure extends Error {}

process.on("uncaughtException", (error) => {
  console.error(error instanceof Failure ? error.message : error);
  process.exit(1);
});

/** The sources of the package. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Packs `dist` as it is published; the tarball's path. */
export function packed(folder) {
  const made = npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root);
  return join(folder, JSON.parse(made)[0].filename);
}

/** Installs the tarball for all projects below `folder`, without a network: it has no dependencies. */
export function installed(folder, tarball) {
  writeFileSync(join(folder, "package.json"), '{"private": true}\n');
  npm(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", tarball], folder);
}

function npm(words, cwd) {
  return execFileSync("npm", [...words, "--loglevel=error"], { cwd, encoding: "utf8", timeout: 60_000 });
}

/** Where the projects of this run are. */
export const projects = () => process.env.STEADFAST_PROJECTS;

/** The tarball of this run. */
export const tarball = () => process.env.STEADFAST_TARBALL;

/** A new project with these files, `{path: text}`; its folder. It finds the package in the folder above. */
export function project(name, files) {
  const folder = join(projects(), name);
  for (const [path, text] of Object.entries({ "package.json": '{"private": true, "type": "module"}\n', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Runs Node; what it printed. */
export function node(words, cwd) {
  return run(process.execPath, words, cwd);
}

/** Runs a program; what it printed on standard output. Fails with all that it printed. */
export async function run(program, words, cwd, { seconds = 60 } = {}) {
  const child = spawn(program, words, { cwd, stdio: ["ignore", "pipe", "pipe"], timeout: seconds * 1000 });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (errors += data));
  const [code, signal] = await new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (...how) => done(how));
  });
  if (code !== 0) {
    const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
    throw new Failure(`${program} ${words.join(" ")} ${how}:\n${errors}${output}`);
  }
  return output;
}

/** The text of a file of the package as it is installed. */
export function shipped(path) {
  return readFileSync(join(projects(), "node_modules/steadfast", path));
}

/** Fails with both where they differ, at the place where they do. */
export function same(what, found, expected) {
  if (found === expected) {
    return;
  }
  if (typeof found !== "string") {
    throw new Failure(`${what}: no text, but ${JSON.stringify(found)}`);
  }
  let at = 0;
  while (found[at] === expected[at]) {
    at += 1;
  }
  const near = (text) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 100));
  throw new Failure(`${what}: differs at character ${at}:\n  found    ${near(found)}\n  expected ${near(expected)}`);
}

/** Fails with a sentence unless it holds. */
export function must(holds, sentence) {
  if (!holds) {
    throw new Failure(sentence);
  }
}
