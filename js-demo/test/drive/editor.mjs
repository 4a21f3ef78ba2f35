// The editor: what it plays, refuses, judges, offers.

import assert from "node:assert/strict";
import { isShown, sentence, shows, toTheEnd } from "../page.mjs";

/** Promises about the editor. */
export default function ({ promise, at }) {
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

  promise("what is written while the story is played anew stays, and the cursor with it", at("#x=three-hundred"), async ({ page }) => {
    const line = page.locator(".cm-line", { hasText: "replicas: 300" });
    await line.click();
    await page.keyboard.press("End");
    await page.keyboard.type(" # one");
    await page.waitForSelector("#app[aria-busy]");
    // Without a pause in which it would be played once more, and for longer than the story takes.
    for (let more = 0; more < 20 || (more < 200 && (await page.locator("#app[aria-busy]").count()) > 0); more += 1) {
      await page.keyboard.type("x", { delay: 100 });
    }
    assert.match(await line.innerText(), /replicas: 300 # onex{20,}$/);
  });

  promise("a change is written, judged and applied at the cursor", at("#x=first-steps&t=9400"), async ({ page }) => {
    const code = page.getByLabel("Manifests as YAML");
    await code.waitFor();
    await page.getByRole("button", { name: /^A change at/ }).click();
    await code.getByText("nginx:1.28").click();
    await page.keyboard.press("End");
    await page.keyboard.type("-alpine # as small as it gets");
    await shows(page, ".changes", /1 change, a new revision web-\w+\. Ordinals 0 to 2 restart\.[^]*image: nginx:1\.28 → nginx:1\.28-alpine Pods restart/);
    // Old and new stand side by side, the line that differs marked in both.
    const before = page.getByLabel("Manifests before the change");
    assert.match(await before.locator(".cm-changedLine").innerText(), /image: nginx:1\.28$/);
    assert.match(await code.locator(".cm-changedLine").innerText(), /image: nginx:1\.28-alpine # as small as it gets$/);
    const [left, right] = [await before.boundingBox(), await code.boundingBox()];
    assert.ok(left.x + left.width <= right.x + 1 && Math.abs(left.y - right.y) < 2, JSON.stringify([left, right]));
    await page.locator(".changes button.name").click();
    assert.match(await page.evaluate(() => document.querySelector(".code").shadowRoot.activeElement?.ariaLabel ?? ""), /Manifests as YAML/);
    await page.getByRole("button", { name: /^Apply at/ }).click();
    await shows(page, ".notice", /Applied at .*StatefulSet web/);
    await page.keyboard.press("Escape");
    await toTheEnd(page);
    assert.equal(await page.locator('.band[data-revision="1"]').count(), 3);
    // The next change is one of what was applied last, as it was written, and takes nothing of it back.
    await page.getByRole("button", { name: /^A change at/ }).click();
    await page.getByLabel("Manifests before the change").getByText("nginx:1.28-alpine # as small as it gets").waitFor();
    await code.getByText("replicas: 3").click();
    await page.keyboard.press("End");
    await page.keyboard.press("Backspace");
    await page.keyboard.type("4");
    await shows(page, ".changes", /1 change, no new revision\.[^]*spec\.replicas: 3 → 4/);
    await page.getByRole("button", { name: /^Apply at/ }).click();
    await page.keyboard.press("Escape");
    await toTheEnd(page);
    assert.equal(await page.locator('.band[data-revision="1"]').count(), 4);
  });

  promise("a change that is not applied goes with its story and comes back with it, and what was written can be undone in it and after it", at("#x=first-steps"), async ({ page }) => {
    const code = page.getByLabel("Manifests as YAML");
    const text = () => code.evaluate((content) => [...content.querySelectorAll(".cm-line")].map((line) => line.textContent).join("\n"));
    const typed = async (line, more) => {
      await code.getByText(line).click();
      await page.keyboard.press("End");
      await page.keyboard.type(more);
    };
    const draft = page.getByRole("button", { name: /^A change at/ });
    await code.waitFor();
    await typed("replicas: 3", "0");
    await shows(page, ".sentence", /web-0 to web-29/);
    await draft.click();
    await page.getByLabel("Manifests before the change").waitFor();
    await typed("nginx:1.28", "-alpine");
    await shows(page, ".changes", /1 change/);
    // Another story: its own beginning is shown, and no change of it.
    await page.getByLabel("Scenario", { exact: true }).selectOption("min-ready");
    await isShown(page, "min-ready");
    await shows(page, ".notice", /belongs to another story/);
    await page.getByLabel("Manifests before the change").waitFor({ state: "detached" });
    await shows(page, ".cm-content", /minReadySeconds/);
    assert.equal(await draft.getAttribute("aria-pressed"), "false");
    assert.equal(await page.getByRole("button", { name: /^Apply at/ }).isVisible(), false);
    assert.equal(await page.locator(".changes").innerText(), "");
    await draft.click();
    await page.getByLabel("Manifests before the change").waitFor();
    assert.doesNotMatch(await text(), /alpine/);
    await page.getByRole("button", { name: "At the beginning" }).click();
    // The story of before, as it was left: the draft is there, and what was written before it can be undone.
    await page.getByLabel("Scenario", { exact: true }).selectOption("first-steps");
    await isShown(page, "first-steps");
    await typed("replicas: 3", "0");
    await shows(page, ".sentence", /web-0 to web-29/);
    await draft.click();
    await page.getByLabel("Manifests before the change").waitFor();
    assert.match(await text(), /alpine/);
    await code.click();
    await page.keyboard.press("Control+z");
    assert.doesNotMatch(await text(), /alpine/);
    await page.keyboard.press("Control+y");
    assert.match(await text(), /alpine/);
    await page.getByRole("button", { name: "At the beginning" }).click();
    assert.doesNotMatch(await text(), /alpine/);
    await code.click();
    await page.keyboard.press("Control+z");
    await shows(page, ".sentence", /web-0 to web-2 will/);
    assert.match(await text(), /replicas: 3\n/);
  });

  promise("the editor offers every field at its place, says what it means, and puts a misspelt one right", at("#x=first-steps"), async ({ page }) => {
    const code = await belowReplicas(page);
    await page.keyboard.type("podM");
    await taken(page, "podManagementPolicy", /OrderedReady or Parallel, default OrderedReady[^]*a Pod is made when all before it are ready/, /podManagementPolicy: /);
    await page.keyboard.type("Par");
    await taken(page, "Parallel", /./, /podManagementPolicy: Parallel/);
    await page.keyboard.press("Enter");
    await page.keyboard.type("revisionHistoryLimt: 5");
    await page.locator(".cm-lint-marker-warning").first().waitFor();
    await page.locator(".cm-lintRange-warning").first().hover();
    await page.getByRole("button", { name: "Write revisionHistoryLimit" }).click();
    await page.locator(".cm-lint-marker").first().waitFor({ state: "detached" });
    assert.match(await code.innerText(), /revisionHistoryLimit: 5/);
  });

  promise("a strategy that is refused without its gate is played with it by one click", at("#x=first-steps"), async ({ page }) => {
    await belowReplicas(page);
    await page.keyboard.type("updateStrategy: {type: Recreate}");
    await page.keyboard.press("Escape");
    await page.locator(".cm-lint-marker-error").first().waitFor();
    await page.locator(".cm-lintRange-error").first().hover();
    await page.getByRole("button", { name: "Play it with the gate StatefulSetRecreateStrategy" }).click();
    await page.locator(".cm-lint-marker-error").first().waitFor({ state: "detached" });
    await shows(page, ".gate", /1/);
    await page.keyboard.press("Escape");
    await toTheEnd(page);
    await shows(page, ".sentence", /Nothing to do/);
  });
}

/** Begins a line below `replicas: 3`; the editor's text. */
async function belowReplicas(page) {
  const code = page.locator(".cm-content");
  await code.waitFor();
  await code.getByText("replicas: 3").click();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  return code;
}

/**
 * Takes what the editor offers, and what it says of it, until it is written. The schema is read when the editor is opened, and a list
 * that is renewed at the moment of a click takes none: so it is asked again where it offers nothing, and clicked again.
 */
async function taken(page, label, meaning, written) {
  const option = page.locator(".cm-tooltip-autocomplete li", { hasText: label });
  let failure;
  for (let tries = 0; tries < 15; tries += 1) {
    (await option.count()) === 0 && (await page.keyboard.press("Control+Space"));
    try {
      await option.waitFor({ timeout: 1_000 });
      await page.locator(".cm-tooltip", { hasText: meaning }).first().waitFor({ timeout: 2_000 });
      await option.click({ timeout: 2_000 });
      await page.locator(".cm-line", { hasText: written }).waitFor({ timeout: 2_000 });
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
