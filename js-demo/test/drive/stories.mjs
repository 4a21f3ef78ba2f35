// Stories as a whole: played, taken away, linked, restored.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { limited } from "../../../wasm/npm/test/memory.mjs";
import { clock, exported, isReady, isShown, linkOf, opened, playThrough, sentence, shows, toTheEnd } from "../page.mjs";

const root = join(import.meta.dirname, "../..");
const names = readFileSync(join(root, "scenarios/order.txt"), "utf8").split("\n").filter((line) => line && !line.startsWith("# "));

/** Promises about stories. `told` asks the command line, `simulate`. */
export default function ({ promise, at, browser, told }) {
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
        assert.ok(text === (await told(file, ["--trace", "json"])), `${name}: the trace differs`);
        await page.keyboard.press("4");
        const watched = (await page.locator(".panel pre").textContent()).split("\n");
        const printed = (await told(file, ["--watch"])).trimEnd().split("\n");
        assert.deepEqual(watched.slice(-300).map(squeezed), [...printed.slice(0, 1), ...printed.slice(1).slice(-400)].slice(-300).map(squeezed), `${name}: the watch differs`);
        await page.keyboard.press("1");
        assert.deepEqual(problems, [], name);
      }
    });
  }

  promise("the exported scenario is played by the command line to the same trace", at("#x=rollback-trap"), async ({ page }) => {
    const { name, text } = await exported(page, "Scenario (YAML)");
    assert.equal(name, "The-rollback-trap.yaml");
    const printed = await told("-", ["--trace", "json"], text);
    assert.ok(printed === (await exported(page, "Trace (JSON)")).text);
    // The very file that `cargo test -p steadfast-tests --test cases` plays again.
    const kept = readFileSync(join(root, "../tests/cases/playground/rollback-trap.txt"), "utf8");
    assert.equal((await exported(page, "Text case")).text, kept);
    assert.match((await exported(page, "Picture (SVG)")).text, /^<svg [^]*xmlns="http:\/\/www.w3.org\/2000\/svg"[^]*<\/svg>$/);
  });

  promise("the first story stands before the controller is there, and is what the controller plays", at("", "?embed=1"), async ({ page }) => {
    const seen = async () => {
      await page.keyboard.press("End");
      const texts = [await page.locator(".picture").first().innerHTML()];
      for (const key of ["1", "4", "5", "6"]) {
        await page.keyboard.press(key);
        texts.push(await page.locator(".panel").innerText());
      }
      return texts;
    };
    let arrive;
    const arrives = new Promise((done) => (arrive = done));
    await page.route(/player-.*\.wasm/, (route) => arrives.then(() => route.continue()));
    await page.goto(at());
    await isReady(page);
    await shows(page, ".sentence", /web-0 to web-2 will be created/);
    const before = await seen();
    await shows(page, ".sentence", /Nothing to do/);
    // What is changed waits for the controller.
    await page.getByLabel("One replica more").click();
    await page.waitForSelector("#app[aria-busy]");
    arrive();
    await toTheEnd(page);
    await shows(page, ".sentence", /4 of 4|Nothing to do/);
    await page.goto(at(linkOf("first-steps", (scenario) => ({ ...scenario, name: "The same, under another name" })), "?played"));
    await isReady(page);
    assert.deepEqual(await seen(), before);
  }, { serviceWorkers: "block" });

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
}

function squeezed(line) {
  return line.trim().replace(/\s+/g, " ");
}
