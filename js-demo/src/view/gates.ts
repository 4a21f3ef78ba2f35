// The feature gates of the version: what may be on or off, and what is as it is not by itself.

import { gatesOf, SAYS, switched } from "../model/versions.ts";
import { change, life } from "../store.ts";
import { dialogOf, fill, h, say, set, watch } from "./dom.ts";

/** A button beside the versions, and what it opens. */
export function gates(): HTMLElement {
  const list = h("div", { class: "gate-list" });
  const close = h("button", { class: "primary" }, "Close");
  const dialog = dialogOf("help gates", "gates-title", h("h2", { id: "gates-title" }), list, h("form", { method: "dialog" }, close));
  const count = h("span", {});
  const button = h("button", { type: "button", class: "gate", "aria-haspopup": "dialog", title: "Feature gates of this version", onclick: () => dialog.showModal() }, h("span", { "aria-hidden": "true" }, "⚑"), h("span", { class: "long" }, " Gates"), count);
  let drawn = "";
  watch(() => {
    const { kubernetes, featureGates } = life.value.story;
    const changed = Object.keys(featureGates).length;
    say(count, changed === 0 ? "" : ` ${changed}`);
    set(button, { "aria-label": `Feature gates${changed === 0 ? "" : `, ${changed} changed`}`, "data-changed": changed > 0 || undefined });
    const key = JSON.stringify([kubernetes, featureGates]);
    if (drawn === key) {
      return;
    }
    drawn = key;
    say(dialog.querySelector("h2") as Element, `Feature gates of Kubernetes ${kubernetes}`);
    const known = Object.entries(gatesOf(kubernetes));
    const focused = list.contains(document.activeElement) ? document.activeElement?.id : undefined;
    fill(
      list,
      ...known.map(([gate, isOn]) => {
        const box = h("input", { type: "checkbox", id: `gate-${gate}`, checked: (featureGates as Record<string, boolean>)[gate] ?? isOn });
        box.addEventListener("change", () => change((story) => switched(story, gate, box.checked)));
        return h("label", {}, box, h("span", {}, h("code", {}, gate), h("span", { class: "reason" }, `${SAYS[gate] ?? ""}; ${isOn ? "on" : "off"} by default`)));
      }),
      known.length === 0 && h("p", { class: "empty" }, "None of the gates that bear on a StatefulSet can be switched in this version."),
    );
    focused !== undefined && document.getElementById(focused)?.focus();
  });
  return h("span", { class: "gate-holder" }, button, dialog);
}
