// All that the page knows, as one state of few parts: the lives with their stories, and the cursor. All else is derived.

import { batch, computed, effect, signal, untracked } from "@preact/signals-core";
import type { End, Played, Problem, ScenarioEvent } from "steadfast";
import { play, Superseded } from "./core/client.ts";
import type { Screened } from "./core/protocol.ts";
import { Axis } from "./model/axis.ts";
import { sentenceOf, type Sentence } from "./model/sentence.ts";
import { keyOf, type SetSpec } from "./model/set.ts";
import { scenarioOf, spanOf, storyOf, upTo, withEvent, type Story } from "./model/story.ts";
import { nameOf as versionOf } from "./model/versions.ts";
import { EMPTY, Film, type World } from "./model/world.ts";
import { screenedOf } from "./scenarios.ts";

/** A story that was played. */
export interface Reel {
  readonly story: Story;
  readonly played: Played;
  readonly film: Film;
  readonly axis: Axis;
  /** Its sets, in order of names. */
  readonly sets: readonly string[];
  /** When virtual time begins, in milliseconds since 1970. */
  readonly epoch: number;
}

/** A story, and what came of it. */
export interface Life {
  readonly label: string;
  readonly story: Story;
  /** The last story that could be played: this one, unless `problem` says why not. */
  readonly reel?: Reel;
  readonly problem?: Problem;
  readonly isPlaying: boolean;
}

export type Tab = "why" | "watch" | "events" | "status" | "plan" | "table" | "compare" | "explain" | "dns";
export type Grouping = "ordinals" | "nodes";

/** The lives: the first, and one that forked off it. */
export const lives = signal<readonly Life[]>([{ label: "A", story: storyOf(""), isPlaying: true }]);
/** Which life is looked at. */
export const shown = signal(0);
/** The cursor: an instant of virtual time in milliseconds, and how many entries of the trace have happened. */
export const cursor = signal<{ readonly at: number; readonly entries: number }>({ at: 0, entries: 0 });
export const isRunning = signal(false);
export const speed = signal(1);
export const tab = signal<Tab>("why");
export const grouping = signal<Grouping>("ordinals");
export const isCompared = signal(false);
/** The set that is looked at, as `NAMESPACE/NAME`; empty: the first. */
export const chosen = signal("");
/** The built-in scenario that the story began as. */
export const scenario = signal("");
/** What is said for a moment, such as that a link was copied. */
export const notice = signal("");
export const isEditorOpen = signal(false);
/** The Pod, node or claim whose menu is open or whose name was followed. */
export const marked = signal("");

export const life = computed(() => lives.value[shown.value] ?? lives.value[0] ?? { label: "A", story: storyOf(""), isPlaying: false });
export const reel = computed(() => life.value.reel);
export const world = computed<World>(() => reel.value?.film.at(cursor.value.entries) ?? EMPTY);
/** The world of the other life at the same instant. */
export const otherWorld = computed<World | undefined>(() => {
  const other = lives.value[1 - shown.value]?.reel;
  return isCompared.value ? other?.film.at(other.axis.entriesAt(cursor.value.at)) : undefined;
});

/** The sets of the story, in order of names. */
export const sets = computed<readonly string[]>(() => reel.value?.sets ?? []);
export const set = computed<SetSpec | undefined>(() => specAt(world.value, reel.value));
export const end = computed<End | undefined>(() => endOf(reel.value, set.value));
export const sentence = computed<Sentence>(() => {
  const { film, epoch } = reel.value ?? {};
  if (film === undefined) {
    const { problem, isPlaying } = life.value;
    return isPlaying || problem === undefined
      ? { tone: "calm", text: "Loading the controller …", detail: "It runs in this page; nothing is sent anywhere." }
      : { tone: "blocked", text: "This story cannot be played.", detail: problem.message };
  }
  return sentenceOf(film, world.value, set.value, end.value, epoch ?? 0, cursor.value.at);
});

function setsOf({ trace }: Played): string[] {
  const names = trace.flatMap((entry) =>
    entry.type === "object" && entry.kind === "StatefulSet" && entry.change === "created" ? [keyOf(entry.namespace, entry.name)] : [],
  );
  return [...new Set(names)].sort();
}

/** The spec of the chosen set; before anything has happened, that of the manifest. */
export function specAt(at: World, of: Reel | undefined): SetSpec | undefined {
  const key = chosen.value || of?.sets[0] || "";
  return at.sets.get(key) ?? (at.entries === 0 && of !== undefined ? of.film.at(firstOf(of, key)).sets.get(key) : undefined);
}

function firstOf(of: Reel, key: string): number {
  return of.played.trace.findIndex((entry) => entry.type === "object" && entry.kind === "StatefulSet" && keyOf(entry.namespace, entry.name) === key) + 1;
}

export function endOf(of: Reel | undefined, spec: SetSpec | undefined): End | undefined {
  return of?.played.ends.find((one) => one.set.name === spec?.name && one.set.namespace === spec.namespace);
}

// What changes the state ---------------------------------------------------------------------------

/** Goes to an instant; entries of that instant have happened. */
export function goTo(at: number): void {
  const axis = reel.peek()?.axis;
  const until = axis?.instants.at(-1) ?? 0;
  const instant = Math.max(0, Math.min(at, until));
  cursor.value = { at: instant, entries: instant === 0 ? 0 : (axis?.entriesAt(instant) ?? 0) };
}

/** Goes to the instant so many places further. */
export function step(by: number): void {
  const axis = reel.peek()?.axis;
  if (axis === undefined) {
    return;
  }
  const { at, entries } = cursor.peek();
  const here = entries === 0 ? -1 : axis.indexAt(at);
  const next = here + by;
  isRunning.value = false;
  if (next < 0) {
    cursor.value = { at: 0, entries: 0 };
  } else {
    const index = Math.min(next, axis.instants.length - 1);
    cursor.value = { at: axis.instants[index] ?? 0, entries: axis.counts[index] ?? 0 };
  }
}

/** Goes to the next action of the controller, or to its next decision: another wait, or something from outside. */
export function jump(to: "action" | "decision", direction: 1 | -1): void {
  const current = reel.peek();
  if (current === undefined) {
    return;
  }
  const { trace } = current.film;
  const isIt = (type: string): boolean => (to === "action" ? type === "action" : type === "waits" || type === "scenario");
  const { at, entries } = cursor.peek();
  let index = direction === 1 ? entries : trace.findLastIndex((entry) => entry.at < at);
  while (index >= 0 && index < trace.length && !isIt(trace[index]?.type ?? "")) {
    index += direction;
  }
  isRunning.value = false;
  const found = trace[index];
  if (found !== undefined) {
    cursor.value = { at: found.at, entries: current.axis.entriesAt(found.at) };
  } else if (direction === 1) {
    goTo(Infinity);
  } else {
    cursor.value = { at: 0, entries: 0 };
  }
}

export function toggleRunning(): void {
  const atEnd = cursor.peek().entries >= (reel.peek()?.film.trace.length ?? 0) && cursor.peek().at >= (reel.peek()?.axis.instants.at(-1) ?? 0);
  if (!isRunning.peek() && atEnd) {
    cursor.value = { at: 0, entries: 0 };
  }
  isRunning.value = !isRunning.peek();
}

/** Another story from its beginning. */
export function open(story: Story, name: string, at = 0): void {
  batch(() => {
    isRunning.value = false;
    scenario.value = name;
    chosen.value = "";
    isCompared.value = false;
    shown.value = 0;
    cursor.value = { at: 0, entries: 0 };
    lives.value = [{ label: "A", story, isPlaying: true }];
    if (tab.peek() === "compare") {
      tab.value = "why";
    }
  });
  void replay(0).then(() => at > 0 && goTo(at));
}

/** Changes the story of the life that is looked at; the cursor stays at its instant. */
export function change(how: (story: Story) => Story, which = shown.peek()): void {
  lives.value = lives.peek().map((one, index) => (index === which ? { ...one, story: how(one.story), isPlaying: true } : one));
  void replay(which);
}

/** Lets something happen at the cursor. */
export function happen(event: Omit<ScenarioEvent, "at">): void {
  const at = Math.round(cursor.peek().at);
  change((story) => withEvent(story, { ...event, at: spanOf(at) } as ScenarioEvent));
}

/** A second life that is the same up to the cursor; then `change` what happens in it. */
export function fork(how: (story: Story) => Story = (story) => story): void {
  const at = cursor.peek().at;
  const from = life.peek();
  batch(() => {
    lives.value = [{ ...from, label: "A" }, { label: "B", story: how(upTo(from.story, at)), isPlaying: true }];
    shown.value = 1;
    isCompared.value = true;
    tab.value = "compare";
  });
  void replay(1);
}

/** The same story under another Kubernetes, beside this one. */
export function compareVersion(how: (story: Story) => Story): void {
  const from = life.peek();
  const other = how(from.story);
  batch(() => {
    lives.value = [
      { ...from, label: versionOf(from.story) },
      { label: versionOf(other), story: other, isPlaying: true },
    ];
    shown.value = 1;
    isCompared.value = true;
    tab.value = "compare";
  });
  void replay(1);
}

/** Lets one of the lives go. */
export function drop(which: number): void {
  batch(() => {
    lives.value = lives.peek().filter((_, index) => index !== which).map((one) => ({ ...one, label: "A" }));
    shown.value = 0;
    isCompared.value = false;
    tab.value = "why";
  });
  goTo(cursor.peek().at);
}

/** Plays the story of a life. Where that is impossible its last good one stays. */
export async function replay(which: number): Promise<void> {
  const story = lives.peek()[which]?.story;
  if (story === undefined) {
    return;
  }
  let outcome: Awaited<ReturnType<typeof play>>;
  const known = screenedOf(story);
  try {
    outcome = known === undefined ? await play(which, scenarioOf(story)) : { ok: true, value: known };
  } catch (thrown) {
    if (thrown instanceof Superseded) {
      return;
    }
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    outcome = { ok: false, error: { code: "missing", message, causes: [] } };
  }
  if (lives.peek()[which]?.story !== story) {
    return;
  }
  batch(() => {
    lives.value = lives.peek().map((one, index) => {
      if (index !== which) {
        return one;
      }
      const { problem: _, ...rest } = one;
      return outcome.ok
        ? { ...rest, isPlaying: false, reel: reelOf(story, outcome.value) }
        : { ...rest, isPlaying: false, problem: outcome.error };
    });
    if (outcome.ok && which === shown.peek()) {
      const { at, entries } = cursor.peek();
      entries === 0 ? (cursor.value = { at: 0, entries: 0 }) : goTo(at);
    }
  });
}

function reelOf(story: Story, { played, objects, clauses }: Screened): Reel {
  const film = new Film(played.trace, objects, clauses);
  return { story, played, film, axis: new Axis(played.trace, played.at), sets: setsOf(played), epoch: Date.parse(story.now ?? "2026-01-01T00:00:00Z") };
}

// Playing ------------------------------------------------------------------------------------------

/** Instants a second at speed 1; a long story is played faster, so that it is over in a minute and a half. */
const PACE = 4;
const LONGEST = 90;

/** Moves the cursor while the story runs. */
export function startClock(): void {
  let last = 0;
  const tick = (now: number): void => {
    const axis = reel.peek()?.axis;
    if (!isRunning.peek() || axis === undefined) {
      return;
    }
    const elapsed = Math.min(0.1, (now - last) / 1_000);
    last = now;
    const pace = Math.max(PACE, axis.length / LONGEST);
    const place = axis.placeOf(cursor.peek().at) + elapsed * pace * speed.peek();
    const at = place >= axis.length ? (axis.instants.at(-1) ?? 0) : axis.millisAt(place);
    cursor.value = { at, entries: axis.entriesAt(at) };
    if (place >= axis.length) {
      isRunning.value = false;
    } else {
      requestAnimationFrame(tick);
    }
  };
  effect(() => {
    if (isRunning.value) {
      untracked(() => {
        last = performance.now();
        requestAnimationFrame(tick);
      });
    }
  });
}
