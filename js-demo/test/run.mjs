// Bundles the unit tests for Node and runs them.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const folder = import.meta.dirname;
const out = join(folder, "../node_modules/.cache/tests");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const tests = readdirSync(folder).filter((file) => file.endsWith(".test.ts"));
await esbuild.build({
  entryPoints: tests.map((file) => join(folder, file)),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=dot", ...tests.map((file) => join(out, file.replace(/ts$/, "mjs")))], { stdio: "inherit" });
process.exitCode = status ?? 1;
