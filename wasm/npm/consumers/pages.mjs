// Pages in Chromium that must come to a text, without any complaint of the browser.

import { launch, serve } from "../test/browser.mjs";
import { must, same } from "./project.mjs";

/** What a careful site allows: its own scripts, WebAssembly, and fetching from itself. */
export const POLICY = {
  "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
};

/** A page whose only script is `src`. */
export function page(src = "/main.js") {
  return `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>A page</title></head>
  <body><script type="module" src="${src}"></script></body>
</html>
`;
}

/** The script of such a page: what `file` exports as `answer` begins at once. */
export function main(file) {
  return `import { answer } from "${file}";\nglobalThis.answer = answer();\n`;
}

/** The same in a worker, which is made by `worker`, an expression. */
export function mainOfWorker(worker) {
  return `globalThis.answer = new Promise((done, failed) => {
  const worker = ${worker};
  worker.onmessage = ({ data }) => done(data);
  worker.onerror = (event) => failed(new Error("the worker failed: " + event.message));
});
`;
}

/** What runs in the worker. */
export function worker(file) {
  return `import { answer } from "${file}";\nanswer().then((text) => postMessage(text));\n`;
}

/** Runs `work` with a Chromium that is closed afterwards, come what may. */
export async function inChromium(work) {
  const chromium = await launch();
  try {
    return await work(chromium);
  } finally {
    await chromium.close();
  }
}

/** Opens the start page of what is served, and compares the text that it comes to; the paths that it asked for. */
export async function comesTo(chromium, what, served, text, headers = POLICY) {
  const site = await serve(served, { headers });
  try {
    await opened(chromium, what, `${site.url}/`, text);
    return site.requests;
  } finally {
    await site.close();
  }
}

/** The same for what is served already. */
export async function opened(chromium, what, url, text) {
  const { page, problems } = await chromium.open(url);
  const found = await page.evaluate("globalThis.answer").catch((thrown) => {
    problems.push(thrown.message);
  });
  await page.context().close();
  must(problems.length === 0, `${what}: ${problems.join("\n")}`);
  same(what, found, text);
}
