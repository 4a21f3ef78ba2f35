// Packs the package and uses the tarball as its users do: one line for each kind of user.
//     node consumers/run.mjs [--keep] [TOPIC ...]

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installed, packed } from "./project.mjs";
import { tell } from "./story.mjs";

const TOPICS = [
  "package",
  "types",
  "node",
  "vite",
  "webpack",
  "esbuild",
  "page",
  "policy",
  "worker",
  "workerd",
  "readme",
];
const LIMIT_SECONDS = 180;
/** How many at once: most of them wait for Chromium, or for npm. */
const AT_ONCE = 2;

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const unknown = asked.filter((topic) => !TOPICS.includes(topic));
if (unknown.length > 0) {
  console.error(`there is no topic ${unknown.join(", ")}; there are ${TOPICS.join(", ")}`);
  process.exit(2);
}

// All temporary files of all topics, of Chromium too, lie in here.
const folder = mkdtempSync(join(tmpdir(), "steadfast-npm-"));
const running = new Set();
process.on("exit", () => {
  running.forEach(kill);
  if (process.argv.includes("--keep")) {
    console.log(`kept: ${folder}`);
  } else {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => process.exit(1));
}

if (!existsSync(new URL("../dist/node.js", import.meta.url))) {
  console.error("the package is not built: cargo xtask npm --build");
  process.exit(2);
}
const tarball = packed(folder);
installed(folder, tarball);
process.env.STEADFAST_PROJECTS = folder;
process.env.STEADFAST_TARBALL = tarball;
await tell();

const waiting = asked.length > 0 ? asked : [...TOPICS];
let failures = 0;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let topic = waiting.shift(); topic !== undefined; topic = waiting.shift()) {
      const { seconds, said, failed } = await ran(topic);
      const line = `${failed ? "FAILED" : "ok"}  ${topic.padEnd(8)} ${seconds.toFixed(1).padStart(5)} s  `;
      console.log(failed ? `${line}\n${indented(said)}` : line + said);
      failures += failed ? 1 : 0;
    }
  }),
);
if (failures > 0) {
  console.error(`the npm package fails ${failures} of its users' tests`);
  process.exitCode = 1;
}

/** Runs a topic in a process group of its own: where it takes too long, nothing that it started is left. */
function ran(topic) {
  const start = performance.now();
  return new Promise((done) => {
    const script = fileURLToPath(new URL(`${topic}.mjs`, import.meta.url));
    const child = spawn(process.execPath, [script], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_ENV: "", TMPDIR: folder },
    });
    running.add(child);
    let [output, errors, isLate] = ["", "", false];
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (errors += data));
    const limit = setTimeout(() => {
      isLate = true;
      kill(child);
    }, LIMIT_SECONDS * 1000);
    child.on("close", (code) => {
      clearTimeout(limit);
      kill(child);
      running.delete(child);
      const seconds = (performance.now() - start) / 1000;
      const failed = code !== 0;
      const why = isLate ? `it was not done after ${LIMIT_SECONDS} s\n` : "";
      done({ seconds, failed, said: (failed ? why + errors + output : output).trimEnd() });
    });
  });
}

/** What the topic left behind, where it left something, ends too: the group is the topic's own. */
function kill(child) {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It is gone.
  }
}

/** Set off, and no longer than can be read: bundlers quote whole lines of what they made. */
function indented(text) {
  const lines = text.split("\n").map((line) => (line.length > 500 ? `${line.slice(0, 500)} …` : line));
  return lines.slice(0, 60).join("\n").replace(/^/gm, "    ");
}
