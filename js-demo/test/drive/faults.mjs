// What people do to a story: faults, forks, versions, remedies.

import assert from "node:assert/strict";
import { shows, toTheEnd } from "../page.mjs";

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
    await shows(page, ".gate", /^\S+$/);
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
}
