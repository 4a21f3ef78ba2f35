import type { Tab } from "../store.ts";
import { isCompared, lives, tab } from "../store.ts";
import { fill, h, set, watch } from "./dom.ts";
import { compared } from "./compared.ts";
import { explained } from "./explained.ts";
import { names } from "./names.ts";
import { events, podTable, status, upcoming, watching, why } from "./panels.ts";

/** A tab: its word, and what fills its panel whenever something that it reads changes. */
export interface Panel {
  readonly tab: Tab;
  readonly word: string;
  readonly fill: (panel: HTMLElement) => void;
}

export function tabs(showField: (field: string) => void): HTMLElement {
  const panels: readonly Panel[] = [
    { tab: "why", word: "why", fill: (panel) => why(panel, showField) },
    { tab: "explain", word: "explain", fill: explained },
    { tab: "dns", word: "dns", fill: names },
    { tab: "watch", word: "watch", fill: watching },
    { tab: "events", word: "events", fill: events },
    { tab: "status", word: "status", fill: status },
    { tab: "plan", word: "plan", fill: upcoming },
    { tab: "table", word: "table", fill: podTable },
    { tab: "compare", word: "compare", fill: compared },
  ];
  const panel = h("div", { class: "panel", role: "tabpanel", id: "panel", tabindex: 0 });
  const buttons = panels.map((one) => h("button", { type: "button", role: "tab", id: `tab-${one.tab}`, "aria-controls": "panel", onclick: () => (tab.value = one.tab) }, one.word));
  const list = h("div", { class: "tab-list", role: "tablist", "aria-label": "What is known at this instant" }, ...buttons);
  list.addEventListener("keydown", (event) => {
    const moves: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };
    const by = moves[event.key];
    if (by !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      const here = panels.findIndex((one) => one.tab === tab.peek());
      const next = (here + by + panels.length) % panels.length;
      tab.value = panels[next]?.tab ?? "why";
      buttons[next]?.focus();
    }
  });
  let last: Tab | undefined;
  watch(() => {
    const current = panels.find((one) => one.tab === tab.value) ?? panels[0];
    if (current === undefined) {
      return;
    }
    panels.forEach((one, index) => {
      const isCurrent = one === current;
      set(buttons[index] as HTMLElement, { "aria-selected": String(isCurrent), tabindex: isCurrent ? 0 : -1 });
    });
    if (last !== current.tab) {
      last = current.tab;
      fill(panel);
      set(panel, { "aria-labelledby": `tab-${current.tab}` });
    }
    current.fill(panel);
  });
  watch(() => {
    const count = lives.value.length;
    set(buttons[8] as HTMLElement, { "data-count": count > 1 && isCompared.value ? count : undefined });
  });
  return h("section", { class: "tabs", "aria-label": "Details" }, list, panel);
}
