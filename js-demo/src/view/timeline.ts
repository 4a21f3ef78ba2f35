// Time: one line with marks for what the controller does, waits and what happens from outside; a lane for each life.

import type { Reel } from "../store.ts";
import { cursor, fork, goTo, isCompared, isRunning, jump, lives, notice, reel, shown, speed, step, toggleRunning } from "../store.ts";
import { clockOf, wordsOf } from "../model/story.ts";
import { fill, h, s, say, set, watch } from "./dom.ts";

const SPEEDS = [0.25, 0.5, 1, 2, 4, 16];
const WIDTH = 1_000;
const LANE = 34;
const SIGNS = {
  first: "M2 3h2v10H2zM14 3v10L5 8z",
  back: "M11 3v10L4 8zM12 3h1.5v10H12z",
  play: "M4 2.5v11L13.5 8z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  further: "M5 3v10l7-5zM2.5 3H4v10H2.5z",
  last: "M12 3h2v10h-2zM2 3v10l9-5z",
};

export function timeline(): HTMLElement {
  const lanes = h("div", { class: "lanes" });
  // The keys of the page move by instants; what the mouse drags is a place on the line.
  const range = h("input", { type: "range", class: "scrub", min: 0, max: WIDTH, step: "any", value: 0, "aria-label": "Time" });
  const now = h("output", { class: "now" });
  range.addEventListener("input", () => {
    const axis = reel.peek()?.axis;
    isRunning.value = false;
    axis && goTo(axis.millisAt((Number(range.value) / WIDTH) * axis.length));
  });
  const line = h("div", { class: "line" }, lanes, range);
  watch(() => {
    const axis = reel.value?.axis;
    const { at } = cursor.value;
    if (axis === undefined) {
      return;
    }
    const place = axis.length > 0 ? axis.placeOf(at) / axis.length : 0;
    set(range, { "aria-valuetext": `${clockOf(at)} of ${clockOf(axis.instants.at(-1) ?? 0)}` });
    range.value = String(place * WIDTH);
    say(now, `${clockOf(at)} / ${clockOf(axis.instants.at(-1) ?? 0)}`);
    line.style.setProperty("--place", String(place));
  });
  let drawn: unknown[] = [];
  watch(() => {
    const all = lives.value;
    const both = isCompared.value && all.length > 1;
    const which = both ? all : all.filter((_, index) => index === shown.value);
    const key = [...which.map((life) => life.reel), both, shown.value];
    if (key.length === drawn.length && key.every((one, index) => one === drawn[index])) {
      return;
    }
    drawn = key;
    const main = all[shown.value]?.reel;
    fill(lanes, ...which.map((life) => life.reel && main && lane(life.reel, main, both ? life.label : "", life === all[shown.value])));
  });
  lanes.addEventListener("pointerdown", (event) => {
    const scrub = (moved: PointerEvent): void => {
      const box = lanes.getBoundingClientRect();
      const axis = reel.peek()?.axis;
      isRunning.value = false;
      axis && goTo(axis.millisAt(((moved.clientX - box.left) / box.width) * axis.length));
    };
    scrub(event);
    lanes.setPointerCapture(event.pointerId);
    lanes.onpointermove = scrub;
    lanes.onpointerup = () => (lanes.onpointermove = null);
  });
  return h("section", { class: "timeline", "aria-label": "Timeline" }, said(), controls(now), line);
}

/** What is said for a moment, above the line of time: it moves nothing. */
function said(): HTMLElement {
  const words = h("p", { class: "notice", role: "status", onclick: () => (notice.value = "") });
  watch(() => {
    words.hidden = notice.value === "";
    say(words, notice.value);
  });
  return words;
}

function controls(now: HTMLElement): HTMLElement {
  const button = (label: string, d: string, act: () => void, attributes: Record<string, string> = {}): HTMLButtonElement =>
    h("button", { type: "button", "aria-label": label, title: label, onclick: act, ...attributes }, s("svg", { class: "sign", viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", { d })));
  const play = button("Play", SIGNS.play, toggleRunning, { class: "play" });
  watch(() => {
    set(play.querySelector("path") as Element, { d: isRunning.value ? SIGNS.pause : SIGNS.play });
    set(play, { "aria-label": isRunning.value ? "Pause" : "Play", title: isRunning.value ? "Pause (Space)" : "Play (Space)" });
    play.disabled = reel.value === undefined;
  });
  const pace = h("select", { "aria-label": "Speed", class: "speed" }, ...SPEEDS.map((one) => h("option", { value: one, selected: one === 1 }, `${one}×`)));
  pace.addEventListener("change", () => (speed.value = Number(pace.value)));
  watch(() => {
    pace.value = String(speed.value);
  });
  return h(
    "div",
    { class: "controls" },
    button("To the beginning", SIGNS.first, () => (cursor.value = { at: 0, entries: 0 }), { class: "minor" }),
    button("One instant back", SIGNS.back, () => step(-1)),
    play,
    button("One instant further", SIGNS.further, () => step(1)),
    button("To the end", SIGNS.last, () => goTo(Infinity), { class: "minor" }),
    h("button", { type: "button", class: "quiet wide", title: "n", onclick: () => jump("action", 1) }, "next action"),
    h("button", { type: "button", class: "quiet wide", title: "d", onclick: () => jump("decision", 1) }, "next decision"),
    pace,
    now,
    h("button", { type: "button", class: "quiet fork", title: "A second life from this instant on (f)", onclick: () => fork() }, "Fork here"),
  );
}

/** The marks of a life, on the axis of the one that is looked at. */
function lane(of: Reel, main: Reel, label: string, isShown: boolean): SVGSVGElement {
  const { axis } = main;
  const x = (at: number): number => (axis.length > 0 ? (axis.placeOf(at) / axis.length) * WIDTH : 0);
  const ticks: Record<string, string> = { create: "", delete: "", other: "", warning: "" };
  const waits: string[] = [];
  const events: SVGElement[] = [];
  let begun: number | undefined;
  let lastWarning = -1;
  for (const entry of of.played.trace) {
    const place = x(entry.at).toFixed(1);
    if (entry.type === "action") {
      const which = entry.error !== undefined ? "warning" : entry.action.type.startsWith("Create") ? "create" : entry.action.type.startsWith("Delete") ? "delete" : "other";
      ticks[which] += `M${place} 6v12`;
    } else if (entry.type === "waits") {
      if (begun !== undefined) {
        waits.push(`M${x(begun).toFixed(1)} 24H${place}`);
      }
      begun = entry.waits.length > 0 ? entry.at : undefined;
    } else if (entry.type === "scenario") {
      events.push(s("path", { class: "event", d: `M${place} 0l5 5l-5 5l-5-5z` }, s("title", {}, `${clockOf(entry.at)} ${wordsOf(entry.event)}`)));
    } else if (entry.type === "event" && entry.kind === "Warning" && x(entry.at) - lastWarning > 2) {
      lastWarning = x(entry.at);
      ticks.warning += `M${place} 26v6`;
    }
  }
  if (begun !== undefined) {
    waits.push(`M${x(begun).toFixed(1)} 24H${WIDTH}`);
  }
  return s(
    "svg",
    { class: "lane", viewBox: `0 0 ${WIDTH} ${LANE}`, preserveAspectRatio: "none", "data-shown": isShown || undefined, role: "img", "aria-label": `${label === "" ? "Actions" : `Life ${label}: actions`}, waits and events from ${clockOf(0)} to ${clockOf(of.played.at)}` },
    s("path", { class: "base", d: `M0 18H${WIDTH}` }),
    s("path", { class: "waits", d: waits.join("") }),
    ...Object.entries(ticks).map(([kind, d]) => s("path", { class: `tick ${kind}`, d })),
    ...events,
  );
}
