// The whole page, driven in Chromium as people use it. Run by `cargo xtask playground --test`, which names the command line
// that the page is compared with in STEADFAST.

import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { limited } from "../../wasm/npm/test/memory.mjs";
import { serve } from "../serve.mjs";
import { clock, exported, isReady, launch, opened, playThrough, sentence, shows } from "./page.mjs";

const root = join(import.meta.dirname, "..");
const steadfast = process.env.STEADFAST;
assert.ok(steadfast, "STEADFAST names the command line; run this by `cargo xtask playground --test`");
const names = readFileSync(join(root, "scenarios/order.txt"), "utf8").split("\n").filter((line) => line && !line.startsWith("# "));

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

const run = promisify(execFile);
const told = async (file, ...how) => (await run(steadfast, ["simulate", file, ...how], { encoding: "utf8", maxBuffer: 1e9 }).catch((error) => error)).stdout;

/** Stories in parts of about the same length: the long one by itself. */
const parts = [["three-hundred"], ...[0, 1, 2, 3].map((part) => names.filter((name) => name !== "three-hundred").filter((_, index) => index % 4 === part))];

for (const part of parts) {
  promise(`every scenario plays to its end, and its trace is what \`steadfast simulate\` prints, byte for byte: ${part.join(", ")}`, at("#x=first-steps"), async ({ page, problems }) => {
  for (const name of part) {
    const file = join(root, "scenarios", `${name}.yaml`);
    await page.getByLabel("Scenario", { exact: true }).selectOption(name);
    await isShown(page, name);
    const title = /^name: "?(.*?)"?$/m.exec(readFileSync(file, "utf8"))[1];
    assert.equal(await page.locator(".stories option:checked").innerText(), title);
    const steps = await playThrough(page);
    assert.ok(steps > 10, `${name}: ${steps} steps`);
    const [here, end] = (await clock(page)).split(" / ");
    assert.equal(here, end, name);
    const { text } = await exported(page, "Trace (JSON)");
    assert.ok(text === (await told(file, "--trace", "json")), `${name}: the trace differs`);
    await page.keyboard.press("4");
    const watched = (await page.locator(".panel pre").textContent()).split("\n");
    const printed = (await told(file, "--watch")).trimEnd().split("\n");
    assert.deepEqual(watched.slice(-300).map(squeezed), [...printed.slice(0, 1), ...printed.slice(1).slice(-400)].slice(-300).map(squeezed), `${name}: the watch differs`);
    await page.keyboard.press("1");
    assert.deepEqual(problems, [], name);
  }
 });
}

promise("the exported scenario is played by the command line to the same trace", at("#x=rollback-trap"), async ({ page }) => {
  const { name, text } = await exported(page, "Scenario (YAML)");
  assert.equal(name, "The-rollback-trap.yaml");
  const printed = execFileSync(steadfast, ["simulate", "-", "--trace", "json"], { input: text, encoding: "utf8", maxBuffer: 1e9 });
  assert.ok(printed === (await exported(page, "Trace (JSON)")).text);
  // The very file that `cargo test -p steadfast-tests --test cases` plays again.
  const kept = readFileSync(join(root, "../tests/cases/playground/rollback-trap.txt"), "utf8");
  assert.equal((await exported(page, "Text case")).text, kept);
  assert.match((await exported(page, "Picture (SVG)")).text, /^<svg [^]*xmlns="http:\/\/www.w3.org\/2000\/svg"[^]*<\/svg>$/);
});

promise("by keyboard alone: play, step, break a Pod, read why, undo, help", at("#x=first-steps"), async ({ page }) => {
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  assert.match(await sentence(page), /web-0 to web-2 will be created, each when the one before is ready/);
  await press("+", "+", "+", "Space");
  await shows(page, ".now", /^9\.4s \/ 9\.4s/);
  assert.equal(await sentence(page), "Nothing to do.");
  await press("p", "ArrowRight");
  assert.match(await page.evaluate(() => document.activeElement.firstElementChild.textContent), /^Pod web-1: ready, Running, on node-2/);
  await press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Delete");
  await press("Enter");
  await shows(page, ".now", /^9\.4s \/ 1[01]\.\ds/);
  await press("Shift+ArrowRight");
  await shows(page, ".sentence", /Creates Pod web-1/);
  await toTheEnd(page);
  await shows(page, ".sentence", /Nothing to do/);
  await press("8");
  assert.match(await page.locator("[role=tabpanel]").innerText(), /web-1\s+ready\s+Running/);
  await press("?");
  assert.ok(await page.locator("dialog[open]").isVisible());
  await press("Escape");
  assert.equal(await page.locator("dialog[open]").count(), 0);
});

promise("a link restores the story, the instant and both lives, in less than 2,000 characters", at("#x=first-steps"), async ({ page }) => {
  await toTheEnd(page);
  await page.getByLabel("One replica more").click();
  await shows(page, ".now", / \/ 1[0-9]\.\ds/);
  await page.keyboard.press("f");
  await shows(page, ".panel", /A \(1\.37\)/);
  await page.getByRole("button", { name: /^node-2/ }).click();
  await page.getByRole("button", { name: "Goes down" }).click();
  await shows(page, ".panel", /The lives part at/);
  await page.keyboard.press("n");
  await page.keyboard.press("s");
  await shows(page, ".notice", /The link/);
  const link = page.url();
  assert.ok(link.length < 2_000, `${link.length} characters`);
  const seen = async (one) => [await sentence(one), await clock(one), await one.locator(".panel").innerText(), await one.locator(".life-name").allInnerTexts(), await one.locator(".chips").innerText()];
  const again = await opened(browser, link, {});
  await shows(again.page, ".now", new RegExp((await clock(page)).replaceAll(/[./]/g, "\\$&")));
  await shows(again.page, ".panel", /The lives part at/);
  assert.deepEqual(await seen(again.page), await seen(page));
  assert.deepEqual(again.problems, []);
  await again.context.close();
});

promise("a link that is broken or foreign says so, and the first scenario opens", at("#s1.AAAA"), async ({ page }) => {
  await shows(page, ".notice", /This link is broken/);
  assert.match(await sentence(page), /web-0 to web-2/);
  await page.goto(at("?again#from=elsewhere", ""));
  await isReady(page);
  await shows(page, ".notice", /not made by this page/);
});

promise("fork and compare: the other life, versions side by side, one let go", at("#x=parallel-budget-stuck"), async ({ page }) => {
  await page.keyboard.press("9");
  await page.getByRole("button", { name: "with 1.37" }).click();
  await shows(page, ".panel", /The lives part at 30\.\ds/);
  const rows = await page.locator(".figures tr[data-differs]").allInnerTexts();
  assert.ok(rows.some((row) => /ends\s+blocked\s+stable/.test(row)), JSON.stringify(rows));
  assert.equal(await page.locator(".picture:visible").count(), 2);
  assert.equal(await page.locator(".lane").count(), 2);
  await page.getByRole("button", { name: "Let 1.37 go" }).click();
  assert.equal(await page.locator(".picture:visible").count(), 1);
});

promise("faults: a claim without a volume, a refused Pod, a node down, each undone", at("#x=first-steps&t=20"), async ({ page }) => {
  await page.locator('.claim[data-name="www-web-1"]').click();
  await page.getByRole("button", { name: "Gets no volume" }).click();
  await toTheEnd(page);
  await shows(page, ".sentence", /Waits for Pod web-1/);
  await shows(page, ".detail", /unbound immediate PersistentVolumeClaims/);
  await page.getByRole("button", { name: "Undo last event" }).click();
  await toTheEnd(page);
  await shows(page, ".sentence", /Nothing to do/);
  await page.getByRole("button", { name: "Break something" }).click();
  await page.getByRole("button", { name: "New image that cannot be pulled" }).click();
  await toTheEnd(page);
  await shows(page, ".detail", /web-2 is ImagePullBackOff/);
  await page.getByRole("button", { name: "Break something" }).click();
  await page.getByRole("button", { name: "The API refuses to create Pods" }).click();
  await page.locator(".pod").nth(2).click();
  await page.getByRole("button", { name: "Delete by force" }).click();
  await page.waitForSelector("#app:not([aria-busy])");
  await page.keyboard.press("n");
  await page.keyboard.press("n");
  await page.keyboard.press("1");
  await shows(page, ".panel", /refused/);
});

promise("half-typed YAML keeps the last good picture and says so; errors stand at their places; a huge paste is refused", at("#x=first-steps&t=9000"), async ({ page }) => {
  const code = page.locator(".cm-content");
  await code.waitFor();
  const before = await page.locator(".picture").first().innerHTML();
  await code.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("  replic");
  await shows(page, ".stale", /last story that could be played/);
  assert.equal(await page.locator(".picture").first().innerHTML(), before);
  await page.locator(".cm-lint-marker-error").first().waitFor();
  await page.keyboard.press("Control+a");
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text/plain", "a: b\n".repeat(2_000_000));
    const target = document.querySelector(".code").shadowRoot.activeElement;
    target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true, composed: true }));
  });
  await shows(page, ".notice", /10\.0 million characters; the editor takes one million/);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Escape");
  assert.match(await page.evaluate(() => document.activeElement.className), /play/);
});

promise("a change is written, judged and applied at the cursor", at("#x=first-steps&t=9400"), async ({ page }) => {
  const code = page.getByLabel("Manifests as YAML");
  await code.waitFor();
  await page.getByRole("button", { name: /^A change at/ }).click();
  await code.getByText("nginx:1.28").click();
  await page.keyboard.press("End");
  await page.keyboard.type("-alpine");
  await shows(page, ".changes", /1 change, a new revision web-\w+\. Ordinals 0 to 2 restart\.[^]*image: nginx:1\.28 → nginx:1\.28-alpine Pods restart/);
  // Old and new stand side by side, the line that differs marked in both.
  const before = page.getByLabel("Manifests before the change");
  assert.match(await before.locator(".cm-changedLine").innerText(), /image: nginx:1\.28$/);
  assert.match(await code.locator(".cm-changedLine").innerText(), /image: nginx:1\.28-alpine$/);
  const [left, right] = [await before.boundingBox(), await code.boundingBox()];
  assert.ok(left.x + left.width <= right.x + 1 && Math.abs(left.y - right.y) < 2, JSON.stringify([left, right]));
  await page.locator(".changes button.name").click();
  assert.match(await page.evaluate(() => document.querySelector(".code").shadowRoot.activeElement?.ariaLabel ?? ""), /Manifests as YAML/);
  await page.getByRole("button", { name: /^Apply at/ }).click();
  await shows(page, ".notice", /Applied at .*StatefulSet web/);
  await page.keyboard.press("Escape");
  await toTheEnd(page);
  assert.equal(await page.locator('.band[data-revision="1"]').count(), 3);
});

/** Asks the editor what it offers, until it offers this: it reads its schema when it is opened. */
async function offered(page, label) {
  const option = page.locator(".cm-tooltip-autocomplete li", { hasText: label });
  for (let tries = 0; tries < 30 && (await option.count()) === 0; tries += 1) {
    await page.keyboard.press("Control+Space");
    await page.waitForTimeout(500);
  }
  await option.waitFor();
}

promise("the editor offers every field at its place, says what it means, and puts a misspelt one right", at("#x=first-steps"), async ({ page }) => {
  const code = page.locator(".cm-content");
  await code.waitFor();
  await code.getByText("replicas: 3").click();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.keyboard.type("podM");
  await offered(page, "podManagementPolicy");
  await shows(page, ".cm-completionInfo", /OrderedReady or Parallel, default OrderedReady[^]*a Pod is made when all before it are ready/);
  // The editor takes no Enter in the first moments of a list, which may be renewed at any time: a click is always taken.
  await page.locator(".cm-tooltip-autocomplete li", { hasText: "podManagementPolicy" }).click();
  await shows(page, ".cm-content", /podManagementPolicy: /);
  await page.keyboard.type("Par");
  await offered(page, "Parallel");
  await page.locator(".cm-tooltip-autocomplete li", { hasText: "Parallel" }).click();
  await page.keyboard.press("Enter");
  await page.keyboard.type("revisionHistoryLimt: 5");
  await page.locator(".cm-lint-marker-warning").first().waitFor();
  await page.locator(".cm-lintRange-warning").first().hover();
  await page.getByRole("button", { name: "Write revisionHistoryLimit" }).click();
  await page.locator(".cm-lint-marker").first().waitFor({ state: "detached" });
  assert.match(await code.innerText(), /revisionHistoryLimit: 5/);
});

promise("feature gates are switched, and lives under two versions say which behaviour makes them part", at("#x=parallel-budget-stuck"), async ({ page }) => {
  await page.getByLabel("Kubernetes version").selectOption("1.37");
  await page.getByRole("button", { name: "Feature gates" }).click();
  await page.getByLabel(/^MaxUnavailableStatefulSet/).uncheck();
  await page.getByRole("button", { name: "Close" }).click();
  await shows(page, ".gate", /1/);
  await page.keyboard.press("9");
  await page.getByRole("button", { name: "with MaxUnavailableStatefulSet" }).click();
  await shows(page, ".panel", /1\.37 without MaxUnavailableStatefulSet[^]*/);
  await shows(page, ".because-versions", /1\.37 with MaxUnavailableStatefulSet=false[^]*gate MaxUnavailableStatefulSet/);
  await page.getByLabel("Kubernetes version").selectOption("1.33");
  await shows(page, ".gate", /^\S+$/);
});

for (const reducedMotion of ["no-preference", "reduce"]) {
  promise(`Pods move from where they were to where they are${reducedMotion === "reduce" ? ", at once where motion is not wanted" : ""}`, at("#x=first-steps"), async ({ page }) => {
    await toTheEnd(page);
    await shows(page, ".sentence", /Nothing to do/);
    const seen = await page.evaluate(async () => {
      const cell = document.querySelectorAll(".picture .cell")[2];
      const place = () => [cell.getBoundingClientRect().x, cell.getBoundingClientRect().y].map(Math.round);
      const before = place();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "g", bubbles: true }));
      await new Promise((done) => requestAnimationFrame(done));
      const moving = cell.getAnimations().filter(({ transitionProperty }) => transitionProperty === "transform");
      moving.forEach((one) => one.pause());
      const at = moving.map((one) => [0, one.effect.getTiming().duration / 2].map((time) => ((one.currentTime = time), place())));
      const timing = moving.map((one) => one.effect.getTiming().duration);
      moving.forEach((one) => one.finish());
      return { before, at: at[0], timing, after: place() };
    });
    assert.notDeepEqual(seen.before, seen.after);
    if (reducedMotion === "reduce") {
      assert.deepEqual(seen.timing, []);
    } else {
      const [begin, half] = seen.at;
      assert.deepEqual(begin, seen.before);
      assert.notDeepEqual(half, seen.after);
      assert.ok(seen.timing[0] >= 150 && seen.timing[0] <= 250, `${seen.timing}`);
    }
    // A Pod that comes in another's place fades in; with reduced motion it is simply there.
    const fades = await page.evaluate(async (tries) => {
      const made = [];
      const animate = Element.prototype.animate;
      Element.prototype.animate = function (...given) {
        made.push(this.getAttribute("class"));
        return animate.apply(this, given);
      };
      document.querySelector(".cell .pod").dispatchEvent(new MouseEvent("click", { bubbles: true }));
      [...document.querySelectorAll(".menu button")].find(({ textContent }) => textContent === "Delete").click();
      // The story is played anew in a worker, which takes its time.
      for (let at = 0; at < tries && !made.includes("pod"); at += 1) {
        await new Promise((done) => setTimeout(done, 200));
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
      }
      Element.prototype.animate = animate;
      return made;
    }, reducedMotion === "reduce" ? 8 : 150);
    assert.equal(fades.includes("pod"), reducedMotion !== "reduce", JSON.stringify(fades));
  }, { reducedMotion });
}

promise("explain names the trap and its remedy, which is played with one click", at("#x=rollback-trap&t=180000"), async ({ page }) => {
  await page.keyboard.press("2");
  await shows(page, ".diagnosis", /RollbackTrap[^]*kubectl delete -n default pod web-2/);
  await page.locator(".diagnosis", { hasText: "RollbackTrap" }).getByRole("button", { name: "Play it in a second life" }).first().click();
  await shows(page, ".panel", /The lives part at/);
  await toTheEnd(page);
  await shows(page, ".sentence", /Nothing to do/);
});

promise("dns: which names resolve, why not, and a lookup from a Pod", at("#x=first-steps&t=5000"), async ({ page }) => {
  await page.keyboard.press("3");
  await shows(page, ".names", /web-0\.web\.default\.svc\.cluster\.local\s+● resolves[^]*web-1\.web[^]*does not resolve/);
  await page.getByLabel("Name to look up").fill("web-1.web");
  await page.getByRole("button", { name: "Look up" }).click();
  await shows(page, ".answers", /web-1\.web\.default\.svc\.cluster\.local[^]*NXDOMAIN/);
  await page.getByLabel("Name to look up").fill("web-0.web");
  await page.getByRole("button", { name: "Look up" }).click();
  await shows(page, ".answers", /10\.\d+\.\d+\.\d+/);
});

promise("what was open is open again after a reload, and without a network", at("#x=node-lost"), async ({ page, context }) => {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.keyboard.press("n");
  await page.keyboard.press("n");
  await page.keyboard.press("n");
  const seen = [await sentence(page), await clock(page)];
  await page.waitForTimeout(900);
  await context.setOffline(true);
  await page.goto(at());
  await isReady(page);
  await shows(page, ".now", new RegExp(seen[1].replaceAll(/[./]/g, "\\$&")));
  assert.deepEqual([await sentence(page), await clock(page)], seen);
  await page.getByLabel("Scenario", { exact: true }).selectOption("crash-loop");
  await shows(page, ".guide", /crashes as soon as it has started/);
  await page.locator(".cm-content").waitFor();
});

promise("embedded: the sentence, the picture, the timeline, and a way to the whole page", at("#x=canary&t=30000", "?embed=1"), async ({ page }) => {
  assert.equal(await page.locator(".header, .tabs, .editor").count(), 0);
  await shows(page, ".now", /^30\.0s/);
  assert.match(await page.locator(".opens").getAttribute("href"), /#x=canary/);
  await page.getByRole("button", { name: "Play" }).click();
}, { width: 640, height: 480 });

promise("an instance that breaks off is replaced: the story says so, and the next one plays", at("#x=first-steps"), async ({ page }) => {
  const module = readFileSync(join(root, "generated/player.wasm"));
  const small = Buffer.from(limited(module, 60));
  await page.route(/player-.*\.wasm/, (route) => route.fulfill({ body: small, contentType: "application/wasm" }));
  await page.goto(at("?small#x=three-hundred"));
  await shows(page, ".detail, .stale", /broke off/);
  await page.getByLabel("Scenario", { exact: true }).selectOption("deleted-pod");
  await shows(page, ".sentence", /web-0 to web-2 will be created/);
}, { serviceWorkers: "block" });

const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");
for (const colorScheme of ["light", "dark"]) {
  for (const [width, height] of [[1_440, 900], [360, 740]]) {
    promise(`axe finds nothing, ${colorScheme}, ${width} px`, at("#x=rollback-trap&t=60000"), async ({ page }) => {
      width > 1_000 && (await page.locator(".cm-content").waitFor());
      await page.evaluate(axe);
      for (const [key, there] of [["1", ".decisions"], ["2", ".diagnosis"], ["3", ".names"], ["5", "table"], ["8", "table"], ["9", ".choices"]]) {
        await page.keyboard.press(key);
        await page.locator(`.panel ${there}`).first().waitFor();
        assert.deepEqual(await violations(page), [], `tab ${key}`);
      }
      await page.getByRole("button", { name: "Feature gates" }).click();
      assert.deepEqual(await violations(page), [], "feature gates");
      await page.getByRole("button", { name: "Close" }).click();
      if (width > 1_000) {
        await page.getByRole("button", { name: /^A change at/ }).click();
        await page.getByLabel("Manifests before the change").waitFor();
        assert.deepEqual(await violations(page), [], "old and new side by side");
      }
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing scrolls sideways but the row of ordinals");
    }, { width, height, colorScheme });
  }
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

/** What axe has to say of the page as it stands. */
function violations(page) {
  return page.evaluate(async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`).join(" | ")}`));
}

/** To the end of the story as it was changed last: not to that of the one before. */
async function toTheEnd(page) {
  await page.waitForSelector("#app:not([aria-busy])");
  await page.keyboard.press("End");
}

/** Waits until the page shows a scenario. */
async function isShown(page, name) {
  await page.waitForSelector(`#app[data-story="${name}"]:not([aria-busy])`);
}

function squeezed(line) {
  return line.trim().replace(/\s+/g, " ");
}
