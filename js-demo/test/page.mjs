// The page in Chromium, and what a person does with it.

import { chromium } from "playwright-core";
import { findChromium } from "../../wasm/npm/test/browser.mjs";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";

/** Starts Chromium with a home of its own, which goes with it. */
export async function launch() {
  const home = mkdtempSync(join(tmpdir(), "steadfast-playground-"));
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    headless: true,
    timeout: 60_000,
    env: { ...process.env, HOME: home, TMPDIR: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--no-proxy-server"],
  });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** A context and its page. `problems` gathers errors, violations of the policy, and requests to anywhere else. */
export async function opened(browser, url, { width = 1_280, height = 900, colorScheme = "light", serviceWorkers = "allow", reducedMotion = "reduce" } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion, acceptDownloads: true, serviceWorkers });
  const problems = [];
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && !/blocked by Playwright/.test(message.text()) && problems.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`thrown: ${error.stack}`));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(url).origin) {
      problems.push(`request to another origin: ${request.url()}`);
    }
  });
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(url);
  await isReady(page);
  return { context, page, problems };
}

/** Waits until the story has been played and can be looked at. */
export async function isReady(page) {
  await page.waitForSelector(".play:not([disabled])");
}

export const sentence = (page) => page.locator(".sentence").innerText();
export const clock = (page) => page.locator(".now").innerText();

/** Steps through every instant; how many there were. */
export async function playThrough(page) {
  return page.evaluate(async () => {
    const now = () => document.querySelector(".now")?.textContent ?? "";
    const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    press("Home");
    let steps = 0;
    let same = 0;
    for (let last = ""; same < 3 && steps < 20_000; steps += 1) {
      press("ArrowRight");
      const here = `${now()} ${document.querySelector(".scrub").value}`;
      same = here === last ? same + 1 : 0;
      last = here;
      if (steps % 50 === 0) {
        await new Promise((done) => setTimeout(done));
      }
    }
    return steps;
  });
}

/** Waits until a text is on the page. */
export async function shows(page, selector, pattern) {
  for (let tries = 0; tries < 200; tries += 1) {
    const texts = await page.locator(selector).allInnerTexts();
    if (texts.some((text) => pattern.test(text))) {
      return;
    }
    await page.waitForTimeout(50);
  }
  throw new Error(`${selector} never showed ${pattern}, but ${JSON.stringify(await page.locator(selector).allInnerTexts())}`);
}

/** To the end of the story as it was changed last: not to that of the one before. */
export async function toTheEnd(page) {
  await page.waitForSelector("#app:not([aria-busy])");
  await page.keyboard.press("End");
}

/** Waits until the page shows a scenario. */
export async function isShown(page, name) {
  await page.waitForSelector(`#app[data-story="${name}"]:not([aria-busy])`);
}

/** Chooses an export and gives the file that it makes. */
export async function exported(page, word) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByLabel("Export", { exact: true }).selectOption({ label: word })]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) {
    chunks.push(chunk);
  }
  return { name: download.suggestedFilename(), text: Buffer.concat(chunks).toString("utf8") };
}

/** A scenario's objects as a link to play them, with whatever else the scenario is to have. */
export function linkOf(name, change = (scenario) => scenario) {
  const text = readFileSync(join(import.meta.dirname, `../scenarios/${name}.yaml`), "utf8");
  const lines = text.slice(text.indexOf("objects:\n") + 9).split(/\n(?=\S)/)[0].trimEnd().split("\n");
  const objects = lines.map((line) => (line.startsWith("  - ") ? `---\n${line.slice(4)}` : line.slice(4))).join("\n").replace(/^---\n/, "");
  const kept = { l: [{ n: "A", s: change({ kubernetes: "1.37", objects: `${objects}\n` }) }], i: 0, t: 0 };
  return `#s1.${deflateRawSync(JSON.stringify(kept)).toString("base64url")}`;
}
