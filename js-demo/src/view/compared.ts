import { figuresOf, partingOf, type Figures } from "../model/compare.ts";
import { clockOf } from "../model/story.ts";
import { compareVersion, drop, fork, goTo, life, lives, set as spec, shown, specAt, type Reel } from "../store.ts";
import { EMPTY } from "../model/world.ts";
import { fill, h } from "./dom.ts";

const VERSIONS = ["1.33", "1.34", "1.35", "1.36", "1.37"];
const WORDS: readonly (readonly [keyof Figures, string])[] = [
  ["outcome", "ends"],
  ["took", "last change after"],
  ["actions", "actions"],
  ["created", "Pods created"],
  ["deleted", "Pods deleted"],
  ["refused", "actions refused"],
  ["leastReady", "fewest ready Pods"],
];

let last: { readonly reels: readonly (Reel | undefined)[]; readonly figures: readonly Figures[]; readonly parting: number | undefined } | undefined;

/** Two lives side by side in figures; with one, how to get a second. */
export function compared(panel: HTMLElement): void {
  const all = lives.value;
  if (all.length < 2) {
    const here = life.value.story.kubernetes;
    fill(
      panel,
      h("p", { class: "empty" }, "One life so far. Fork it at the cursor and let something else happen, or play the same story under another Kubernetes."),
      h(
        "p",
        { class: "choices" },
        h("button", { type: "button", onclick: () => fork() }, "Fork at the cursor"),
        ...VERSIONS.filter((version) => version !== here).map((version) => h("button", { type: "button", onclick: () => compareVersion(version) }, `with ${version}`)),
      ),
    );
    return;
  }
  const reels = all.map((one) => one.reel);
  const [first, second] = reels;
  if (first === undefined || second === undefined) {
    fill(panel, h("p", { class: "empty" }, "The other life is being played …"));
    return;
  }
  if (last === undefined || last.reels.some((one, index) => one !== reels[index])) {
    const parting = partingOf(first.played, second.played);
    const figures = [first, second].map((one) => figuresOf(one.played, one.film, specAt(EMPTY, one) ?? spec.peek(), parting ?? 0));
    last = { reels, figures, parting };
  }
  const { figures, parting } = last;
  const rows = WORDS.map(([field, word]) => {
    const values = figures.map((one) => String(one[field]));
    return h("tr", { "data-differs": values[0] !== values[1] || undefined }, h("th", { scope: "row" }, word), ...values.map((value) => h("td", {}, value)));
  });
  const heads = all.map((one, index) =>
    h("th", { scope: "col" }, h("button", { type: "button", class: "name", "aria-pressed": String(index === shown.value), onclick: () => (shown.value = index) }, `${one.label} (${one.story.kubernetes})`)),
  );
  const told = parting === undefined ? "Both lives are the same, to the byte." : "The lives part at ";
  fill(
    panel,
    h("p", { class: "command" }, told, parting !== undefined && h("button", { type: "button", class: "name", onclick: () => goTo(parting) }, clockOf(parting)), parting !== undefined && "; figures count from there."),
    h("table", { class: "figures" }, h("thead", {}, h("tr", {}, h("td", {}), ...heads)), h("tbody", {}, ...rows)),
    h("p", { class: "choices" }, ...all.map((one, index) => h("button", { type: "button", onclick: () => drop(index) }, `Let ${one.label} go`))),
  );
}
