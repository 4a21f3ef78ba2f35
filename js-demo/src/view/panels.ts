import type { TraceEntry } from "steadfast";
import { actOf, fieldOf } from "../model/sentence.ts";
import { keyOf } from "../model/set.ts";
import { clockOf, wordsOf } from "../model/story.ts";
import { aligned, watchOf } from "../model/watch.ts";
import { reasonOf, waitOf } from "../model/words.ts";
import { cursor, end, goTo, reel, set as spec, world, type Reel } from "../store.ts";
import { claimsOf, wordsOf as wordsOfClaim } from "./claims.ts";
import { fill, h } from "./dom.ts";
import { openMenu } from "./menu.ts";
import { lookOf, WORDS } from "./shape.ts";
import { ordinalsOf } from "./layout.ts";

/** How many lines a list shows; a longer one says how many there are. */
const MOST = 40;

/** Every decision up to the cursor, the newest first, each with its reason and the field that is responsible. */
export function why(panel: HTMLElement, showField: (field: string) => void): void {
  const current = reel.value;
  if (current === undefined) {
    return;
  }
  const { entries, at } = cursor.value;
  const list = panel.firstElementChild;
  // Further on in the same story only what is new is added: a step touches few lines.
  const isFurther = told?.reel === current && told.list === list && told.entries <= entries && entries - told.entries < 400;
  const rows: HTMLElement[] = [];
  for (let index = entries - 1; index >= (isFurther ? told?.entries ?? 0 : 0) && rows.length < MOST; index -= 1) {
    const entry = current.film.trace[index];
    const row = entry && decision(entry, current, showField);
    row && rows.push(row);
  }
  if (isFurther && told !== undefined) {
    told.list.prepend(...rows);
    while (told.list.childElementCount > MOST) {
      told.list.lastElementChild?.remove();
    }
    told.entries = entries;
  } else if (rows.length === 0) {
    fill(panel, h("p", { class: "empty" }, "No decision yet. Press play: each action and each wait appears here with its reason."));
    return;
  } else {
    told = { reel: current, entries, list: h("ol", { class: "decisions", reversed: true }, ...rows) };
    fill(panel, told.list);
  }
  for (const row of told.list.children) {
    const isNow = (row as HTMLElement).dataset.at === String(at);
    if (row.hasAttribute("data-now") !== isNow) {
      row.toggleAttribute("data-now", isNow);
    }
  }
}

let told: { readonly reel: Reel; entries: number; readonly list: HTMLElement } | undefined;

function decision(entry: TraceEntry, { film: { clauses }, epoch }: Reel, showField: (field: string) => void): HTMLElement | undefined {
  const row = (kind: string, text: string, because: string, field?: string): HTMLElement =>
    h(
      "li",
      { "data-kind": kind, "data-at": entry.at },
      h("button", { type: "button", class: "time", onclick: () => goTo(entry.at) }, clockOf(entry.at)),
      h("span", { class: "act" }, text),
      h("span", { class: "reason" }, because),
      field !== undefined && h("button", { type: "button", class: "name", title: `${field}: show its line`, onclick: () => showField(field) }, field.slice(field.lastIndexOf(".") + 1)),
    );
  if (entry.type === "action") {
    const { action, error } = entry;
    return error === undefined
      ? row("action", actOf(action), reasonOf(clauses, action), fieldOf(action.reason.code, spec.value))
      : row("refused", `${actOf(action)}: refused`, `${error.reason}: ${error.message}`);
  }
  if (entry.type === "waits") {
    const [wait] = entry.waits;
    return wait === undefined ? undefined : row("wait", `Waits ${waitOf(clauses, wait, epoch)}`, entry.waits.length > 1 ? `and ${entry.waits.length - 1} more` : "", fieldOf(wait.code, spec.value));
  }
  if (entry.type === "scenario") {
    return row("story", wordsOf(entry.event), entry.error ?? "");
  }
  return undefined;
}

/** What `kubectl get pods -w` has printed. */
export function watching(panel: HTMLElement): void {
  const current = reel.value;
  const lines = current === undefined ? [] : watchOf(current.film.trace, cursor.value.entries, 400);
  const rows = [["NAME", "READY", "STATUS", "RESTARTS", "AGE"], ...lines.map((line) => [line.name, line.ready, line.status, line.restarts, line.age])];
  fill(panel, h("p", { class: "command" }, "$ kubectl get pods -w"), lines.length === 0 ? h("p", { class: "empty" }, "No Pod has changed yet.") : h("pre", {}, aligned(rows)));
  panel.scrollTop = panel.scrollHeight;
}

/** What `kubectl get events` shows, the newest first. */
export function events(panel: HTMLElement): void {
  const current = reel.value;
  const rows: HTMLElement[] = [];
  for (let index = cursor.value.entries - 1; index >= 0 && rows.length < MOST * 2; index -= 1) {
    const entry = current?.film.trace[index];
    if (entry?.type === "event") {
      rows.push(
        h("tr", { "data-kind": entry.kind }, h("td", {}, clockOf(entry.at)), h("td", {}, `${entry.kind === "Warning" ? "! " : ""}${entry.reason}`), h("td", {}, `${entry.objectKind}/${entry.name}`), h("td", {}, entry.message)),
      );
    }
  }
  const titles = ["Time", "Reason", "Object", "Message"].map((title) => h("th", { scope: "col" }, title));
  fill(panel, rows.length === 0 ? h("p", { class: "empty" }, "No events yet.") : h("table", {}, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...rows)));
}

/** The status as the controller wrote it last. */
export function status(panel: HTMLElement): void {
  const { value } = spec;
  const written = value && world.value.statuses.get(keyOf(value.namespace, value.name));
  if (written === undefined) {
    fill(panel, h("p", { class: "empty" }, "The controller has written no status yet."));
    return;
  }
  const rows = Object.entries(written).map(([field, given]) =>
    h("tr", {}, h("th", { scope: "row" }, field), h("td", {}, typeof given === "object" && given !== null ? JSON.stringify(given, null, 1) : String(given))),
  );
  fill(panel, h("table", { class: "pairs" }, h("caption", {}, `status of ${value?.namespace}/${value?.name}`), h("tbody", {}, ...rows)));
}

/** What will happen after the cursor, if nobody interferes, and how it ends. */
export function upcoming(panel: HTMLElement): void {
  const current = reel.value;
  const rows: HTMLElement[] = [];
  let more = 0;
  for (let index = cursor.value.entries; current !== undefined && index < current.film.trace.length; index += 1) {
    const entry = current.film.trace[index];
    if (entry?.type !== "action" && entry?.type !== "scenario") {
      continue;
    }
    if (rows.length >= MOST) {
      more += 1;
      continue;
    }
    const [kind, text, because] = entry.type === "action" ? ["action", actOf(entry.action), reasonOf(current.film.clauses, entry.action)] : ["story", wordsOf(entry.event), ""];
    rows.push(h("li", { "data-kind": kind }, h("button", { type: "button", class: "time", onclick: () => goTo(entry.at) }, clockOf(entry.at)), h("span", { class: "act" }, text), h("span", { class: "reason" }, because)));
  }
  const verdict = end.value;
  const blockers = verdict?.verdict.blockers?.map((one) => `${one.kind} ${one.name} is ${one.reason ?? "in the way"}`).join("; ");
  const ends = verdict === undefined ? "" : `Ends ${verdict.verdict.deleted ? "deleted" : verdict.outcome}${blockers ? `: ${blockers}` : ""}, at ${clockOf(current?.played.at ?? 0)}.`;
  fill(panel, h("p", { class: "lead" }, ends), rows.length === 0 ? h("p", { class: "empty" }, "Nothing more will be done.") : h("ol", { class: "decisions" }, ...rows), more > 0 && h("p", { class: "empty" }, `and ${more} more`));
}

/** The picture as a table. */
export function podTable(panel: HTMLElement): void {
  const [current, value] = [reel.value, spec.value];
  if (current === undefined || value === undefined) {
    fill(panel, h("p", { class: "empty" }, "There is no StatefulSet at this instant."));
    return;
  }
  const ordinals = ordinalsOf(current, value);
  const rows = ordinals.slice(0, 400).map((ordinal) => {
    const name = `${value.name}-${ordinal}`;
    const pod = world.value.pods.get(keyOf(value.namespace, name));
    const claims = claimsOf(world.value, value, ordinal).filter(({ claim }) => claim !== undefined);
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, h("button", { type: "button", class: "name", onclick: (event: MouseEvent) => openMenu(name, event.currentTarget as Element) }, name)),
      h("td", {}, WORDS[lookOf(pod)]),
      h("td", {}, pod?.status ?? ""),
      h("td", {}, pod?.node ?? ""),
      h("td", {}, pod?.revision ?? ""),
      h("td", {}, claims.map(wordsOfClaim).join("; ") || (value.templates.length === 0 ? "none: no volumeClaimTemplates" : "")),
    );
  });
  const titles = ["Pod", "State", "Status", "Node", "Revision", "Claims"].map((title) => h("th", { scope: "col" }, title));
  fill(panel, h("table", {}, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...rows)), ordinals.length > 400 && h("p", { class: "empty" }, `and ${ordinals.length - 400} more`));
}
