// How quick the page is, measured in Chromium: run by `cargo xtask bench --playground`. Times of steps are those of the page's
// main thread (its CPU time), so that a machine which does something else besides disturbs them little; the time to the first
// interaction is on the wall clock.

import { serve } from "../serve.mjs";
import { isReady, launch, linkOf } from "./page.mjs";

const STEPS = 120;
const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
const shown = (millis) => `${millis.toFixed(1)} ms`;

const server = await serve();
const { browser, close } = await launch();
try {
  await navigation("a first visit", "");
  await navigation("a link to another story", "#x=stuck-predecessor");
  for (const replicas of [3, 30, 300, 3_000]) {
    await steps(replicas);
  }
} finally {
  await close();
  await server.close();
}

/** From the navigation to a page that can be played, without a cache; the first one warms the server and the browser. */
async function navigation(what, hash) {
  const times = [];
  for (let turn = 0; turn < 8; turn += 1) {
    const context = await browser.newContext({ viewport: { width: 1_440, height: 900 }, serviceWorkers: "block" });
    const page = await context.newPage();
    await page.addInitScript(() => {
      const look = () => {
        if (document.querySelector(".play:not([disabled])")) {
          globalThis.interactive = performance.now();
        } else {
          requestAnimationFrame(look);
        }
      };
      requestAnimationFrame(look);
    });
    await page.goto(server.url + hash);
    await page.waitForFunction(() => globalThis.interactive !== undefined);
    times.push(await page.evaluate(() => globalThis.interactive));
    await context.close();
  }
  console.log(`${what}: interactive after ${shown(median(times.slice(1)))} at the median of ${times.length - 1} visits (at most ${shown(Math.max(...times.slice(1)))})`);
}

/** Steps through a story of so many Pods, one frame each. */
async function steps(replicas) {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 }, serviceWorkers: "block" });
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send("Performance.setTimeDomain", { timeDomain: "threadTicks" });
  await client.send("Performance.enable");
  const story = linkOf("three-hundred", (scenario) => ({ ...scenario, settings: { nodes: 10 }, objects: scenario.objects.replace(/replicas: 300/, `replicas: ${replicas}`) }));
  await page.goto(`${server.url}${replicas === 300 ? "#x=three-hundred" : story}`);
  await isReady(page);
  // The editor comes beside the picture by itself; its loading is no step.
  await page.locator(".cm-content").waitFor();
  const measured = [];
  const parts = { ScriptDuration: [], RecalcStyleDuration: [], LayoutDuration: [] };
  const press = () =>
    page.evaluate(async () => {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    });
  for (let step = 0; step < STEPS + 20; step += 1) {
    const before = await metrics(client);
    await press();
    const after = await metrics(client);
    if (step >= 20) {
      Object.keys(parts).forEach((name) => parts[name].push((after[name] - before[name]) * 1_000));
      measured.push(Object.keys(parts).reduce((sum, name) => sum + (after[name] - before[name]) * 1_000, 0));
    }
  }
  const [script, style, layout] = Object.values(parts).map((times) => shown(median(times)));
  console.log(`a step at ${replicas} replicas: ${shown(median(measured))} at the median, ${shown(measured.toSorted((one, other) => one - other)[Math.floor(measured.length * 0.95)])} at the 95th percentile (script ${script}, style ${style}, layout ${layout})`);
  await context.close();
}

async function metrics(client) {
  const { metrics: all } = await client.send("Performance.getMetrics");
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
}
