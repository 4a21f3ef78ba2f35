// The whole page, driven in Chromium as people use it. Run by `cargo xtask playground --test`, which names the command line
// that the page is compared with in STEADFAST. The promises stand in `drive/`, by theme.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { serve } from "../serve.mjs";
import editor from "./drive/editor.mjs";
import faults from "./drive/faults.mjs";
import manners from "./drive/manners.mjs";
import stories from "./drive/stories.mjs";
import { launch, opened } from "./page.mjs";

const steadfast = process.env.STEADFAST;
assert.ok(steadfast, "STEADFAST names the command line; run this by `cargo xtask playground --test`");

const server = await serve();
const { browser, close } = await launch();
const at = (hash = "", query = "") => `${server.url}${query}${hash}`;
/** `node test/drive.mjs WORDS` runs the promises with these words in their names. */
const wanted = process.argv[2] ?? "";
let failures = 0;

/** What is promised, to be seen to once all is known: several pages at once, each promise with a page of its own. */
const promises = [];

/** One promise of the page: nothing may go wrong on its page besides. */
function promise(name, url, what, options) {
  name.includes(wanted) && promises.push({ name, url, what, options });
}

/** What `steadfast simulate` prints for a file, or for `-` with this input. */
async function told(file, how = [], input = "") {
  const running = promisify(execFile)(steadfast, ["simulate", file, ...how], { encoding: "utf8", maxBuffer: 1e9 });
  input !== "" && running.child.stdin.end(input);
  return (await running.catch((error) => error)).stdout;
}

async function kept({ name, url, what, options }) {
  const begun = Date.now();
  let page;
  try {
    page = await opened(browser, url, options);
    await what(page);
    assert.deepEqual(page.problems, []);
    console.log(`ok   ${name} (${((Date.now() - begun) / 1_000).toFixed(1)} s)`);
  } catch (error) {
    failures += 1;
    console.error(`FAIL ${name}\n${error.stack}\n${page?.problems.join("\n") ?? ""}`);
  } finally {
    await page?.context.close();
  }
}

// The longest come first.
for (const theme of [stories, faults, editor, manners]) {
  theme({ promise, at, browser, told });
}

// Three pages at once: a machine of two processors has something to do while one waits.
const queue = promises.values();
const begun = Date.now();
await Promise.all([1, 2, 3].map(async () => {
  for (const one of queue) {
    await kept(one);
  }
}));
await close();
await server.close();
console.log(failures === 0 ? `the playground does what it promises (${promises.length} promises, ${Math.round((Date.now() - begun) / 1_000)} s)` : `${failures} promises were broken`);
process.exitCode = failures === 0 ? 0 : 1;
