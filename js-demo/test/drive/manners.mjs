// The page's manners: keys, motion, people who do not see it, small windows.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sentence, shows, toTheEnd } from "../page.mjs";

const axe = readFileSync(join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8");

/** Promises about the page itself. */
export default function ({ promise, at }) {
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
}

/** What axe has to say of the page as it stands. */
function violations(page) {
  return page.evaluate(async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`).join(" | ")}`));
}
