// The stage: the sentence, the guide's words, the picture of each life, nodes and Services below it.

import { grouping, isCompared, lives, marked, otherWorld, reel, sentence, set as spec, shown, specAt, world, cursor, endOf, life, happen, change, scenario, sets, chosen } from "../store.ts";
import { sentenceOf } from "../model/sentence.ts";
import { keyOf, nameOf, ordinalOf } from "../model/set.ts";
import { clockOf } from "../model/story.ts";
import { captionOf } from "../model/guide.ts";
import { SCENARIOS } from "../scenarios.ts";
import { fill, h, say, sayWhole, set, watch, withNames } from "./dom.ts";
import { openMenu } from "./menu.ts";
import { LIMIT } from "./layout.ts";
import { Picture } from "./picture.ts";

/** The whole stage. `showField` follows the name of a field to its line, `pick` opens another scenario. */
export function stage(showField: (field: string) => void, pick: (name: string) => void): HTMLElement {
  const first = frame(0);
  const second = frame(1);
  const element = h("main", { class: "stage", id: "stage" }, headline(showField), guide(pick), tools(), h("div", { class: "lives" }, first.element, second.element), strip());
  watch(() => {
    const both = isCompared.value && lives.value.length > 1;
    second.element.hidden = !both;
    set(element, { "data-compared": both });
  });
  watch(() => {
    const here = { spec: spec.value, reel: reel.value, world: world.value, sentence: sentence.value };
    const both = isCompared.value && lives.value.length > 1;
    const own = both && shown.value === 1 ? second : first;
    own.draw(here, both ? (lives.value[shown.value]?.label ?? "") : "");
    set(own.element, { "data-shown": both });
    set((own === first ? second : first).element, { "data-shown": undefined });
    const there = lives.value[1 - shown.value];
    if (both && there?.reel !== undefined && otherWorld.value !== undefined) {
      const other = specAt(otherWorld.value, there.reel);
      const told = sentenceOf(there.reel.film, otherWorld.value, other, endOf(there.reel, other), there.reel.epoch, cursor.value.at);
      (own === first ? second : first).draw({ spec: other, reel: there.reel, world: otherWorld.value, sentence: told }, there.label);
    }
  });
  return element;
}

function headline(showField: (field: string) => void): HTMLElement {
  const name = h("p", { class: "set-name" });
  const text = h("h1", { class: "sentence" });
  const detail = h("p", { class: "detail" });
  const field = h("button", { type: "button", class: "name field" });
  field.addEventListener("click", () => showField(field.dataset.field ?? ""));
  const stale = h("p", { class: "stale", role: "status" });
  const section = h("section", { class: "headline", "aria-live": "polite", "aria-atomic": "true" }, name, text, h("p", { class: "because" }, detail, field), stale);
  watch(() => {
    const told = sentence.value;
    set(section, { "data-tone": told.tone });
    sayWhole(text, told.text);
    sayWhole(detail, told.detail);
    field.hidden = told.field === undefined;
    field.dataset.field = told.field ?? "";
    say(field, told.field ?? "");
  });
  watch(() => {
    const { value } = spec;
    const at = clockOf(cursor.value.at);
    const which = lives.value.length > 1 ? ` in ${life.value.label}` : "";
    say(name, value === undefined ? at : `${value.namespace}/${value.name}${which} at ${at}`);
  });
  watch(() => {
    const { problem, reel: good } = life.value;
    stale.hidden = problem === undefined || good === undefined;
    say(stale, problem === undefined ? "" : `The picture shows the last story that could be played: ${problem.message}`);
  });
  return section;
}

/** The scenario's own words, and those for the instant of the cursor. */
function guide(pick: (name: string) => void): HTMLElement {
  const words = h("p");
  const next = h("button", { type: "button", class: "quiet next" });
  const element = h("aside", { class: "guide", "aria-label": "About this scenario" }, words, next);
  next.addEventListener("click", () => pick(next.dataset.name ?? ""));
  watch(() => {
    const here = SCENARIOS.findIndex(({ name }) => name === scenario.value);
    const after = SCENARIOS[here + 1];
    next.hidden = here < 0 || after === undefined || reel.value === undefined || cursor.value.entries < reel.value.film.trace.length;
    next.dataset.name = after?.name ?? "";
    say(next, `Next: ${after?.title ?? ""} →`);
  });
  let shownText: string | undefined;
  watch(() => {
    const caption = captionOf(life.value.story.description, cursor.value.at, cursor.value.entries > 0);
    if (caption !== shownText) {
      shownText = caption;
      element.hidden = caption === "";
      fill(words, ...withNames(caption, (name) => (marked.value = name)));
    }
  });
  return element;
}

/** Grouping, scaling, and which set. */
function tools(): HTMLElement {
  const group = h("button", { type: "button", class: "quiet", onclick: () => (grouping.value = grouping.peek() === "nodes" ? "ordinals" : "nodes") });
  watch(() => {
    say(group, grouping.value === "nodes" ? "Group by ordinals" : "Group by nodes");
    set(group, { "aria-pressed": String(grouping.value === "nodes") });
  });
  const scale = (by: number): void => {
    const { value } = spec;
    value && happen({ scale: { name: nameOf(value.namespace, value.name), replicas: Math.max(0, value.replicas + by) } } as never);
  };
  const replicas = h("input", { type: "number", class: "replicas", min: 0, max: 10_000, "aria-label": "Replicas: scale from this instant on" });
  replicas.addEventListener("change", () => {
    const { value } = spec;
    const wanted = Math.round(Number(replicas.value));
    if (value !== undefined && Number.isFinite(wanted) && wanted >= 0 && wanted !== value.replicas) {
      happen({ scale: { name: nameOf(value.namespace, value.name), replicas: wanted } } as never);
    }
  });
  watch(() => {
    const { value } = spec;
    if (document.activeElement !== replicas) {
      replicas.value = String(value?.replicas ?? "");
    }
  });
  const which = h("select", { "aria-label": "StatefulSet" });
  which.addEventListener("change", () => (chosen.value = which.value));
  watch(() => {
    which.hidden = sets.value.length < 2;
    fill(which, ...sets.value.map((key) => h("option", { value: key, selected: key === chosen.value }, key)));
  });
  const undo = h("button", { type: "button", class: "quiet", onclick: () => change((story) => ({ ...story, timeline: story.timeline.slice(0, -1) })) }, "Undo last event");
  watch(() => {
    undo.hidden = life.value.story.timeline.length === 0 || scenario.value !== "" && life.value.story.timeline.length === 0;
  });
  return h(
    "div",
    { class: "tools" },
    which,
    h("span", { class: "scale" }, h("span", { "aria-hidden": "true" }, "replicas"), h("button", { type: "button", "aria-label": "One replica less", onclick: () => scale(-1) }, "−"), replicas, h("button", { type: "button", "aria-label": "One replica more", onclick: () => scale(1) }, "+")),
    h("button", { type: "button", class: "quiet", onclick: (event: MouseEvent) => openMenu(`set:${spec.peek()?.name ?? ""}`, event.currentTarget as Element) }, "Break something …"),
    group,
    undo,
  );
}

type Drawn = { spec: ReturnType<typeof specAt>; reel: (typeof reel)["value"]; world: (typeof world)["value"]; sentence: (typeof sentence)["value"] };

/** The picture of one life in a frame that scrolls. */
function frame(index: number): { element: HTMLElement; draw: (drawn: Drawn, label: string) => void } {
  const picture = new Picture((name, near) => {
    if (isCompared.peek() && lives.peek().length > 1) {
      shown.value = index;
    }
    openMenu(name, near);
  });
  const caption = h("p", { class: "life-name" });
  const empty = h("p", { class: "empty" });
  const scroll = h("div", { class: "scroll" }, picture.element);
  const element = h("section", { class: "frame-of-life", "aria-label": index === 0 ? "Picture" : "Picture of the other life" }, caption, scroll, empty);
  let last: (() => void) | undefined;
  let width = 800;
  new ResizeObserver(([entry]) => {
    const measured = Math.floor(entry?.contentRect.width ?? 0);
    if (measured > 0 && measured !== width) {
      width = measured;
      last?.();
    }
  }).observe(scroll);
  const draw = ({ spec: drawn, reel: of, world: at, sentence: told }: Drawn, label: string): void => {
    last = () => draw({ spec: drawn, reel: of, world: at, sentence: told }, label);
    caption.hidden = label === "";
    say(caption, label === "" ? "" : `${label}: ${told.text}`);
    if (drawn === undefined || of === undefined) {
      scroll.hidden = at.entries > 0;
      empty.hidden = of === undefined;
      say(empty, of === undefined ? "" : "There is no StatefulSet at this instant.");
      return;
    }
    scroll.hidden = false;
    empty.hidden = drawn.replicas <= LIMIT;
    say(empty, drawn.replicas <= LIMIT ? "" : `Only the first ${LIMIT.toLocaleString("en")} ordinals are drawn.`);
    picture.draw({ reel: of, world: at, spec: drawn, sentence: told, grouping: grouping.value, marked: marked.value, at: cursor.value.at, width });
  };
  return { element, draw };
}

/** Nodes and Services: what the Pods run on, and how they are found. */
function strip(): HTMLElement {
  const nodes = h("div", { class: "chips", role: "group", "aria-label": "Nodes" });
  const services = h("div", { class: "services" });
  let key = "";
  watch(() => {
    const counts = new Map<string, number>();
    for (const pod of world.value.pods.values()) {
      pod.node !== undefined && counts.set(pod.node, (counts.get(pod.node) ?? 0) + 1);
    }
    const all = [...world.value.nodes.values()];
    const now = all.map(({ name, state }) => `${name}${state}${counts.get(name) ?? 0}${marked.value === name}`).join();
    if (now === key) {
      return;
    }
    key = now;
    const words = { up: "", silent: ", down, not noticed yet", down: ", down" };
    const chips = all.slice(0, 40).map(({ name, state }) => {
      const count = counts.get(name) ?? 0;
      return h(
        "button",
        { type: "button", class: "chip", "data-state": state, "data-mark": marked.value === name ? "marked" : undefined, onclick: (event: MouseEvent) => openMenu(`node:${name}`, event.currentTarget as Element) },
        `${state === "up" ? "" : "✕ "}${name}`,
        h("span", { class: "hidden" }, ":"),
        h("span", { class: "count" }, ` ${count}`),
        h("span", { class: "hidden" }, ` Pod${count === 1 ? "" : "s"}${words[state]}`),
      );
    });
    fill(nodes, ...chips, all.length > 40 && h("span", { class: "count" }, `and ${all.length - 40} more`));
  });
  let told: readonly unknown[] = [];
  watch(() => {
    const { value } = spec;
    const { services: known, published, entries } = world.value;
    // Before anything has happened the manifests say what there will be.
    const planned = entries === 0 ? (reel.value?.film.objects ?? []) : [];
    // Names change at few of all instants.
    const state = [value, ...known.values(), published, ...planned];
    if (state.length === told.length && state.every((one, index) => one === told[index])) {
      return;
    }
    told = state;
    const own = [...known.values()];
    if (value === undefined) {
      fill(services);
      return;
    }
    const key = keyOf(value.namespace, value.serviceName);
    const governing = known.get(key) ?? planned.find(({ kind, metadata }) => kind === "Service" && keyOf(metadata?.namespace, metadata?.name ?? "") === key);
    const isHeadless = governing?.spec?.clusterIP === "None";
    const inSet = [...published].filter((pod) => {
      const ordinal = ordinalOf(value.name, pod.slice(value.namespace.length + 1));
      return pod.startsWith(`${value.namespace}/`) && ordinal !== undefined && ordinal >= value.start && ordinal < value.start + value.replicas;
    });
    const others = own.filter((service) => service !== governing).map((service) => service.metadata?.name);
    const sentenceOfNames =
      value.serviceName === ""
        ? "No serviceName: the Pods have no DNS names of their own."
        : governing === undefined
          ? `The Service ${value.serviceName} does not exist: no name such as ${value.name}-${value.start}.${value.serviceName} resolves.`
          : !isHeadless
            ? `The Service ${value.serviceName} is not headless: the Pods have no DNS names of their own.`
            : `Service ${value.serviceName} (headless): ${inSet.length} of ${value.replicas} names resolve`;
    const names = isHeadless && value.replicas <= 10 ? Array.from({ length: value.replicas }, (_, index) => `${value.name}-${value.start + index}`) : [];
    fill(
      services,
      h("span", { class: "service" }, sentenceOfNames),
      ...names.map((name) => {
        const is = published.has(`${value.namespace}/${name}`);
        return h("span", { class: "dns", "data-state": is ? "up" : "none" }, h("span", { "aria-hidden": "true" }, is ? "● " : "○ "), `${name}.${value.serviceName}`, h("span", { class: "hidden" }, is ? " resolves" : " does not resolve"));
      }),
      others.length > 0 && h("span", { class: "service" }, `Also: ${others.join(", ")}`),
    );
  });
  return h("div", { class: "strip" }, nodes, services);
}
