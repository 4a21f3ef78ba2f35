import type { Parting } from "steadfast";
import { figuresOf, partingOf, type Figures } from "../model/compare.ts";
import { clockOf } from "../model/story.ts";
import { compareVersion, drop, fork, goTo, life, lives, set as spec, shown, specAt, type Reel } from "../store.ts";
import { gatesThatMatter, nameOf, switched, under, VERSIONS } from "../model/versions.ts";
import { EMPTY } from "../model/world.ts";
import { judge } from "../core/client.ts";
import { scenarioOf } from "../model/story.ts";
import { capital } from "../model/sentence.ts";
import { fill, h } from "./dom.ts";

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
        ...VERSIONS.filter((version) => version !== here).map((version) => h("button", { type: "button", onclick: () => compareVersion((story) => under(story, version)) }, `with ${version}`)),
      ),
      h(
        "p",
        { class: "choices" },
        ...Object.entries(gatesThatMatter(life.value.story, life.value.reel?.film.objects ?? [])).map(([gate, isOn]) =>
          h("button", { type: "button", onclick: () => compareVersion((story) => switched(story, gate, !isOn)) }, `${isOn ? "without" : "with"} ${gate}`),
        ),
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
    h("th", { scope: "col" }, h("button", { type: "button", class: "name", "aria-pressed": String(index === shown.value), onclick: () => (shown.value = index) }, one.label.startsWith(one.story.kubernetes) ? one.label : `${one.label} (${nameOf(one.story)})`)),
  );
  const told = parting === undefined ? "Both lives are the same, to the byte." : "The lives part at ";
  const because = h("div", { class: "because-versions" });
  fill(
    panel,
    h("p", { class: "lead" }, told, parting !== undefined && h("button", { type: "button", class: "name", onclick: () => goTo(parting) }, clockOf(parting)), parting !== undefined && "; figures count from there."),
    because,
    h("table", { class: "figures" }, h("thead", {}, h("tr", {}, h("td", {}), ...heads)), h("tbody", {}, ...rows)),
    h("p", { class: "choices" }, ...all.map((one, index) => h("button", { type: "button", onclick: () => drop(index) }, `Let ${one.label} go`))),
  );
  void difference(because);
}

let answered: { readonly key: string; readonly rows: readonly (() => HTMLElement)[] } | undefined;

/** What the versions do differently, where they are all that differs: the behaviour that makes them part, and where it is from. */
async function difference(place: HTMLElement): Promise<void> {
  const [one, other] = lives.peek().map(({ story }) => story);
  if (one === undefined || other === undefined || nameOf(one) === nameOf(other) || one.yaml !== other.yaml || JSON.stringify(one.timeline) !== JSON.stringify(other.timeline)) {
    return;
  }
  const { kubernetes: _, featureGates: __, ...scenario } = scenarioOf(one);
  const versions = [one, other].map(({ kubernetes, featureGates }) => ({ kubernetes, featureGates }));
  const key = JSON.stringify([scenario, versions]);
  if (answered?.key !== key) {
    const answer = await judge.compare(scenario, versions);
    answered = { key, rows: answer.ok ? answer.value.partings.flatMap((parting) => rowsOf(parting)) : [() => h("p", { class: "refusal" }, answer.error.message)] };
  }
  place.isConnected && fill(place, ...answered.rows.map((row) => row()));
}

function rowsOf({ sentence, because, beyond }: Parting): (() => HTMLElement)[] {
  // The sentence says the reason already; what is left is where it comes from.
  const told = [...because.map((why) => ({ ...why, sentence: sentence.includes(why.sentence) ? "" : why.sentence })), ...beyond.map((why) => ({ ...why, sentence: `Later: ${why.sentence}` }))];
  const words = told.map(({ sentence: why, gate, reports }) => [why, gate && `gate ${gate}`, reports.join(", ")].filter(Boolean).join("; ")).filter(Boolean);
  return [() => h("p", {}, `${capital(sentence)}.`), ...words.map((text) => () => h("p", { class: "reason" }, capital(text)))];
}
