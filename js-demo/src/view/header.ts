import { SCENARIOS } from "../scenarios.ts";
import { EXPORTS } from "./exports.ts";
import { change, isEditorOpen, life, notice, scenario } from "../store.ts";
import { under, VERSIONS } from "../model/versions.ts";
import { h, say, set, watch } from "./dom.ts";
import { gates } from "./gates.ts";
import { toggleHelp } from "./help.ts";

export type Theme = "light" | "dark" | "auto";

/** `pick` opens a built-in scenario, `share` copies the link. */
export function header(pick: (name: string) => void, share: () => void): HTMLElement {
  const stories = h("select", { "aria-label": "Scenario", class: "stories" }, h("option", { value: "" }, "Your own"));
  let group: HTMLOptGroupElement | undefined;
  for (const { name, title, theme } of SCENARIOS) {
    if (group?.label !== theme) {
      group = h("optgroup", { label: theme });
      stories.append(group);
    }
    group.append(h("option", { value: name }, title));
  }
  stories.addEventListener("change", () => stories.value !== "" && pick(stories.value));
  watch(() => {
    stories.value = scenario.value;
  });
  const versions = h("select", { "aria-label": "Kubernetes version" }, ...VERSIONS.map((version) => h("option", { value: version }, version)));
  versions.addEventListener("change", () => change((story) => under(story, versions.value)));
  watch(() => {
    const { kubernetes } = life.value.story;
    if (!VERSIONS.includes(kubernetes) && ![...versions.options].some((option) => option.value === kubernetes)) {
      versions.append(h("option", { value: kubernetes }, kubernetes));
    }
    versions.value = kubernetes;
  });
  const save = h("select", { "aria-label": "Export", class: "export" }, h("option", { value: "" }, "Export"), ...EXPORTS.map(({ word }, index) => h("option", { value: index }, word)));
  save.addEventListener("change", () => {
    const chosen = EXPORTS[Number(save.value)];
    save.value = "";
    chosen?.make().then(
      (said) => (notice.value = said),
      (error: unknown) => (notice.value = `That could not be exported: ${error instanceof Error ? error.message : String(error)}`),
    );
  });
  const editor = h("button", { type: "button", class: "editor-switch", onclick: () => (isEditorOpen.value = !isEditorOpen.peek()) });
  watch(() => {
    say(editor, isEditorOpen.value ? "Hide YAML" : "YAML");
    set(editor, { "aria-expanded": String(isEditorOpen.value) });
  });
  const theme = h("button", { type: "button", class: "icon", "aria-label": "Dark or light", title: "Dark or light (t)", onclick: () => turnTheme() }, "◐");
  return h(
    "header",
    { class: "header" },
    h("p", { class: "brand" }, h("strong", {}, "Steadfast"), h("span", {}, " playground")),
    stories,
    h("span", { class: "profile" }, h("span", { class: "long", "aria-hidden": "true" }, "Kubernetes"), versions, gates()),
    h("span", { class: "space" }),
    editor,
    save,
    h("button", { type: "button", class: "primary", onclick: share }, h("span", { class: "long" }, "Copy "), "link"),
    theme,
    h("button", { type: "button", class: "icon", "aria-label": "Help", title: "Help (?)", onclick: () => toggleHelp() }, "?"),
  );
}

/** Goes from what the system asks for to the other, and back. */
export function turnTheme(): void {
  const root = document.documentElement;
  const isDark = root.dataset.theme === undefined ? matchMedia("(prefers-color-scheme: dark)").matches : root.dataset.theme === "dark";
  root.dataset.theme = isDark ? "light" : "dark";
  try {
    localStorage.setItem("steadfast.theme", root.dataset.theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
