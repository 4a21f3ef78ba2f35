// Debian's Chromium and a server to open pages from. Nothing leaves this machine, and nothing stays behind.

import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, extname, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Where Chromium is: `$STEADFAST_CHROMIUM`, else the first of its names on the PATH. */
export async function findChromium() {
  const named = process.env.STEADFAST_CHROMIUM;
  if (named) {
    if (await isProgram(named)) {
      return named;
    }
    throw new Error(`STEADFAST_CHROMIUM is ${named}, which is no program`);
  }
  for (const folder of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (await isProgram(path)) {
        return path;
      }
    }
  }
  throw new Error(
    `there is no Chromium: install it (Debian: \`apt-get install chromium\`), or name it in STEADFAST_CHROMIUM; ` +
      `looked for ${NAMES.join(", ")} on the PATH`,
  );
}

async function isProgram(path) {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/**
 * Starts Chromium with a profile of its own.
 *
 * `open(url)` gives `{page, problems}`: all that went wrong on the page, as sentences, is added to `problems` as it happens.
 * Where a Content-Security-Policy forbids `eval`, `page.waitForFunction` cannot be used; `page.evaluate` of a promise can.
 * `close()` ends the process, by its id if it does not go by itself, and removes the profile.
 *
 * @param {{arguments?: string[], timeout?: number}} [options]
 */
export async function launch({ arguments: more = [], timeout = 60_000 } = {}) {
  const executablePath = await findChromium();
  // The profile is Playwright's; Chromium keeps configuration, caches and crash reports elsewhere too.
  const home = mkdtempSync(join(tmpdir(), "steadfast-chromium-"));
  const remove = () => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  let browser;
  try {
    browser = await chromium.launch({
      executablePath,
      headless: true,
      timeout,
      env: { ...process.env, HOME: home, TMPDIR: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-dev-shm-usage",
        "--no-proxy-server",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ...more,
      ],
    });
  } catch (cause) {
    remove();
    throw new Error(`${executablePath} does not start: ${firstLine(cause)}`, { cause });
  }
  const pid = await processOf(browser);
  process.once("exit", killed);

  function killed() {
    kill(pid);
    remove();
  }

  return {
    browser,
    pid,
    version: browser.version(),
    open: (url, options) => open(browser, url, options),
    async close() {
      await Promise.race([browser.close().catch(() => {}), sleep(5_000, undefined, { ref: false })]);
      await gone(pid);
      process.removeListener("exit", killed);
      remove();
    },
  };
}

async function processOf(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.find(({ type }) => type === "browser").id;
}

/** Opens a page in a context of its own: no cookies, caches or workers of another one. */
async function open(browser, url, { timeout = 60_000 } = {}) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(timeout);
  const problems = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      problems.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => problems.push(`thrown: ${error.message}`));
  page.on("crash", () => problems.push("the page crashed"));
  context.on("requestfailed", (request) => {
    problems.push(`request failed: ${request.url()}: ${request.failure()?.errorText ?? "for no known reason"}`);
  });
  context.on("response", (response) => {
    if (response.status() >= 400) {
      problems.push(`answered ${response.status()}: ${response.url()}`);
    }
  });
  await page.goto(url, { waitUntil: "load" });
  return { page, problems };
}

async function gone(pid) {
  for (let waited = 0; waited < 50 && isAlive(pid); waited += 1) {
    await sleep(100);
  }
  kill(pid);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone.
  }
}

const MIME = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".yaml": "text/plain; charset=utf-8",
};

/**
 * A server on 127.0.0.1 and a free port.
 *
 * `what` is a folder, or routes: a path such as `/page.html`, or one that ends in `/` for all below it, and the answer:
 * - a string or bytes, from memory, with the type of the path's ending;
 * - `{file}` or, below a `/`, `{folder}`: streamed, however large;
 * - `{status, type, headers, body}` to say more, where `body` is a string, bytes or a stream;
 * - a function of the request that gives one of these, also later.
 * A path that ends in `/` and has no answer is its `index.html`. `headers` go with every answer. `requests` lists the
 * paths that were asked for.
 *
 * @param {string | Record<string, unknown>} what
 * @param {{headers?: Record<string, string>}} [options]
 */
export async function serve(what, { headers = {} } = {}) {
  const routes = typeof what === "string" ? { "/": { folder: what } } : what;
  const requests = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    requests.push(path);
    answer(routes, path, request, response, headers).catch((error) => {
      // A page that was closed takes its answers no longer; all else shows as a broken answer.
      response.destroy(error);
    });
  });
  await new Promise((listening, failed) => {
    server.once("error", failed);
    server.listen(0, "127.0.0.1", listening);
  });
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(routes, path, request, response, headers) {
  const found = await resolved(routes, path, request);
  const type = found.type ?? MIME[extname(found.file ?? path)] ?? (found.isPage ? MIME[".html"] : "application/octet-stream");
  const all = { "Cache-Control": "no-store", "Content-Type": type, ...headers, ...found.headers };
  if (found.file !== undefined) {
    const { size } = await stat(found.file);
    response.writeHead(found.status ?? 200, { ...all, "Content-Length": size });
    await pipeline(createReadStream(found.file), response);
  } else if (typeof found.body?.pipe === "function") {
    response.writeHead(found.status ?? 200, all);
    await pipeline(found.body, response);
  } else {
    response.writeHead(found.status ?? 200, all);
    response.end(found.body ?? "");
  }
}

/** The answer to a path as `{file}` or `{body}`. */
async function resolved(routes, path, request) {
  const paths = path.endsWith("/") ? [path, `${path}index.html`] : [path];
  for (const candidate of paths) {
    const prefix = Object.keys(routes)
      .filter((route) => route === candidate || (route.endsWith("/") && candidate.startsWith(route)))
      .sort((a, b) => b.length - a.length)[0];
    let route = routes[prefix];
    if (typeof route === "function") {
      route = await route(request, candidate);
    }
    if (typeof route === "string" || route instanceof Uint8Array) {
      if (prefix === candidate) {
        return { body: route, isPage: candidate.endsWith("/") };
      }
    } else if (route?.folder !== undefined) {
      const file = normalize(join(route.folder, candidate.slice(prefix.length)));
      const isInside = file.startsWith(normalize(route.folder + sep));
      if (isInside && (await stat(file).catch(() => undefined))?.isFile()) {
        return { ...route, file };
      }
    } else if (route !== undefined) {
      return route;
    }
  }
  // Every browser asks for this one on its own.
  return path === "/favicon.ico" ? { status: 204 } : { status: 404, type: MIME[".txt"], body: `no ${path} here\n` };
}

function firstLine(error) {
  return String(error?.message ?? error).split("\n", 1)[0];
}
