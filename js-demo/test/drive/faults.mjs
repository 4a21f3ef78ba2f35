// What people do to a story: faults, forks, versions, remedies.

import assert from "node:assert/strict";
import { isShown, linkOf, shows, toTheEnd } from "../page.mjs";

const UID = "6f1c7a52-0c7c-4f0e-9c5b-0d6f3f8a1b2c";
const STRANGER = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-1\n  labels: {app: other}\nspec:\n  containers: [{name: a, image: b}]\n";

/** Promises about what happens from outside, and what is said of it. */
export default function ({ promise, at }) {
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
    await shows(page, ".gate", /^⚑ Gates$/);
  });

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

  /** The story of a scenario with other objects. */
  const mended = (name, how, more = {}) => at(linkOf(name, (scenario) => ({ ...scenario, ...more, objects: how(scenario.objects) })));
  /** Stored while the gate was on: now an API server would not take it. */
  const recreate = (text) => text.replace("serviceName: web", "updateStrategy: {type: Recreate}\n  serviceName: web").replace(/(StatefulSet\nmetadata:\n)/, `$1  uid: ${UID}\n`);

  promise("tried: the image is pushed, and the set gets stable", mended("first-steps", (text) => text, { timeline: [{ at: "0s", imageNeverPulls: "nginx:1.28" }] }), async ({ page }) => {
    await toTheEnd(page);
    await page.keyboard.press("2");
    await shows(page, ".diagnosis", /PodNotReady[^]*nginx:1\.28/);
    await tried(page, "PodNotReady", "Push the image nginx:1.28:", "here");
    await shows(page, ".sentence", /Nothing to do/);
    await shows(page, ".progress", /all 3 Pods are available/);
    assert.deepEqual(await looks(page), ["ready", "ready", "ready"]);
  });

  promise("tried: the missing Service is added, and the names resolve", mended("first-steps", (text) => text.slice(text.indexOf("---\n") + 4)), async ({ page }) => {
    await toTheEnd(page);
    await shows(page, ".services", /The Service web does not exist/);
    await page.keyboard.press("2");
    await shows(page, ".diagnosis", /GoverningService[^]*Service web does not exist/);
    await tried(page, "GoverningService", "Add the headless Service web:", "here");
    await shows(page, ".services", /Service web \(headless\): 3 of 3 names resolve/);
    // What is said of the Service now is about names before a Pod is ready, which it does not publish.
    await shows(page, ".diagnosis", /GoverningService[^]*resolve only while the Pod is ready/);
    await page.keyboard.press("3");
    await shows(page, ".names", /web-0\.web\.default\.svc\.cluster\.local\s+● resolves/);
  });

  promise("tried: maxUnavailable 1 keeps one Pod more than 2 do", mended("rolling-update", (text) => text.replace("serviceName: web", "updateStrategy: {rollingUpdate: {maxUnavailable: 2}}\n  serviceName: web")), async ({ page }) => {
    await toTheEnd(page);
    await page.keyboard.press("2");
    await shows(page, ".diagnosis", /BudgetSerial[^]*takes 2 Pods down together/);
    await tried(page, "BudgetSerial", "Set maxUnavailable to 1:", "in a second life");
    await page.keyboard.press("2");
    await shows(page, ".progress", /all 3 Pods are available/);
    assert.equal(await page.locator(".diagnosis", { hasText: "BudgetSerial" }).count(), 0);
    // The same new image in both lives.
    for (const _ of [1, 2]) {
      await page.getByRole("button", { name: "Break something" }).click();
      await page.getByRole("button", { name: "New image that can be pulled" }).click();
      await page.waitForSelector("#app:not([aria-busy])");
      await page.keyboard.press("o");
    }
    await page.keyboard.press("9");
    await shows(page, ".figures", /fewest ready Pods\s+1\s+2$/);
  });

  promise("tried: scaled back up, no Pod is to go any more; the broken one is still broken", at("#x=scale-down-blocked&t=60000"), async ({ page }) => {
    await page.keyboard.press("2");
    await shows(page, ".diagnosis", /ScaleDownBlocked[^]*Pod web-3 is not removed/);
    assert.deepEqual(await page.locator('.pod[data-range="out"]').count(), 2);
    await tried(page, "ScaleDownBlocked", "Scale back up to 4:", "in a second life");
    await page.locator(".frame-of-life").nth(1).locator('.pod[data-look="unready"]').waitFor();
    assert.equal(await page.locator(".frame-of-life").nth(1).locator('.pod[data-range="out"]').count(), 0);
    assert.equal(await page.locator(".replicas").inputValue(), "4");
    await shows(page, ".sentence", /Waits for Pod web-0/);
    await page.keyboard.press("2");
    await shows(page, ".progress", /web-0/);
    assert.equal(await page.locator(".diagnosis", { hasText: "ScaleDownBlocked" }).count(), 0);
  });

  promise("tried: a controller that has stopped at the strategy Recreate goes on with the gate, or with another strategy", mended("first-steps", recreate), async ({ page }) => {
    await toTheEnd(page);
    await page.keyboard.press("2");
    await shows(page, ".progress", /Blocked: ControllerStopped/);
    assert.deepEqual(await looks(page), ["missing", "missing", "missing"]);
    await tried(page, "ControllerStopped", "Play the story with the gate StatefulSetRecreateStrategy:", "in a second life");
    await shows(page, ".sentence", /Nothing to do/);
    await shows(page, ".figures", /1\.37 with StatefulSetRecreateStrategy[^]*ends\s+blocked\s+stable/);
    await page.getByRole("button", { name: "Let 1.37 with StatefulSetRecreateStrategy go" }).click();
    await toTheEnd(page);
    await page.keyboard.press("2");
    await tried(page, "ControllerStopped", "Use the strategy RollingUpdate:", "here");
    await shows(page, ".progress", /all 3 Pods are available/);
    assert.deepEqual(await looks(page), ["ready", "ready", "ready"]);
  });

  promise("tried: what has the name of a Pod of the set is deleted, and the set gets its own", mended("first-steps", (text) => `${STRANGER}---\n${text}`), async ({ page }) => {
    await toTheEnd(page);
    await page.keyboard.press("2");
    await shows(page, ".diagnosis", /ControllerStopped[^]*the name of Pod web-1 belongs to another object/);
    assert.equal(await page.locator(".diagnosis", { hasText: "ControllerStopped" }).getByText("gate").count(), 0);
    await tried(page, "ControllerStopped", "Delete the Pod web-1 that is in the way:", "here");
    await shows(page, ".progress", /all 3 Pods are available/);
  });

  promise("a gate is offered to be compared only where it can make another story", at("#x=first-steps"), async ({ page }) => {
    await page.keyboard.press("9");
    await shows(page, ".panel", /with 1\.36/);
    assert.equal(await page.locator(".panel button", { hasText: /StatefulSet/ }).count(), 0);
    await page.getByLabel("Scenario", { exact: true }).selectOption("max-unavailable-1-37");
    await isShown(page, "max-unavailable-1-37");
    await page.keyboard.press("9");
    await shows(page, ".panel button", /^without MaxUnavailableStatefulSet$/);
    assert.equal(await page.locator(".panel button", { hasText: /StatefulSet/ }).count(), 1);
  });
}

/** Tries what is offered against a diagnosis, and goes to where that leads. */
async function tried(page, code, label, where) {
  await page.locator(".diagnosis", { hasText: code }).locator(".choices", { hasText: label }).getByRole("button", { name: where, exact: true }).click();
  await toTheEnd(page);
}

/** How the Pods look, in order of ordinals. */
function looks(page) {
  return page.locator(".picture:visible .pod").evaluateAll((pods) => pods.map((pod) => pod.dataset.look));
}
