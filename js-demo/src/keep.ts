// Where stories come from and where they are kept: the fragment of the address, the browser's storage, the built-in ones.

import { batch, effect } from "@preact/signals-core";
import { packed, unpacked, type Kept } from "./model/share.ts";
import { FIRST, scenarioNamed } from "./scenarios.ts";
import { cursor, goTo, isCompared, lives, notice, open, replay, scenario, shown, tab } from "./store.ts";

const STORE = "steadfast.story";

/** Whether nothing else than the first scenario is asked for. */
export function isFirstVisit(): boolean {
  return location.hash.length <= 1 && read() === undefined;
}

/** Opens what the address asks for, else what was open last, else the first scenario. */
export async function restore(): Promise<void> {
  const fragment = location.hash.slice(1);
  if (fragment !== "") {
    return followed(fragment);
  }
  const stored = read();
  if (stored !== undefined) {
    try {
      return resume(await unpacked(stored));
    } catch {
      // What was stored by another version of the page is no loss: the first scenario opens.
    }
  }
  await pick(FIRST);
}

/** Opens a built-in scenario. */
export async function pick(name: string, at = 0): Promise<void> {
  const story = await scenarioNamed(name);
  if (story === undefined) {
    notice.value = `There is no scenario ${name} here.`;
    return name === FIRST ? undefined : pick(FIRST);
  }
  open(story, name, at);
}

/** What the fragment of the address says: a scenario's name and an instant, or a whole story. */
export async function followed(fragment: string): Promise<void> {
  const [, name, at] = /^x=([\w-]+)(?:&t=(\d+))?$/.exec(fragment) ?? [];
  if (name !== undefined) {
    return pick(name, Number(at ?? 0));
  }
  try {
    resume(await unpacked(fragment));
  } catch (error) {
    await pick(FIRST);
    notice.value = `${error instanceof Error ? capital(error.message) : "this link cannot be read"}.`;
  }
}

/** The address of what is open, at this instant. */
export async function address(): Promise<string> {
  const { at } = cursor.peek();
  const name = scenario.peek();
  const [only] = lives.peek();
  const builtIn = name === "" || lives.peek().length > 1 ? undefined : await scenarioNamed(name);
  const isUntouched = builtIn !== undefined && JSON.stringify(builtIn) === JSON.stringify(only?.story);
  const base = location.href.replace(/[#?].*$/, "");
  return isUntouched ? `${base}#x=${name}${at > 0 ? `&t=${Math.round(at)}` : ""}` : `${base}#${await packed(kept())}`;
}

/** Copies the address; where that is not allowed it stands in the address bar. */
export async function share(): Promise<void> {
  const link = await address();
  history.replaceState(null, "", link.slice(link.indexOf("#")));
  const long = link.length > 8_000 ? ` It is ${link.length.toLocaleString("en")} characters long: some programs cut such links.` : "";
  try {
    await navigator.clipboard.writeText(link);
    notice.value = `The link is in the clipboard.${long}`;
  } catch {
    notice.value = `The link stands in the address bar.${long}`;
  }
}

/** Keeps what is open in the browser's storage. */
export function keep(): void {
  let timer = 0;
  effect(() => {
    void [lives.value, shown.value, isCompared.value, scenario.value, cursor.value];
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (lives.peek()[0]?.reel !== undefined) {
        packed(kept()).then(write, () => undefined);
      }
    }, 400) as unknown as number;
  });
}

function kept(): Kept {
  return {
    lives: lives.peek().map(({ label, story }) => ({ label, story })),
    shown: shown.peek(),
    at: cursor.peek().at,
    compared: isCompared.peek(),
    scenario: scenario.peek(),
  };
}

function resume(from: Kept): void {
  batch(() => {
    lives.value = from.lives.slice(0, 2).map(({ label, story }) => ({ label, story, isPlaying: true }));
    shown.value = Math.min(from.shown, lives.peek().length - 1);
    isCompared.value = from.compared && lives.peek().length > 1;
    tab.value = isCompared.peek() ? "compare" : tab.peek();
    scenario.value = from.scenario ?? "";
    cursor.value = { at: 0, entries: 0 };
  });
  void Promise.all(lives.peek().map((_, index) => replay(index))).then(() => from.at > 0 && goTo(from.at));
}

function read(): string | undefined {
  try {
    return localStorage.getItem(STORE) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(text: string): void {
  try {
    text.length < 1_000_000 && localStorage.setItem(STORE, text);
  } catch {
    // A browser that keeps nothing plays as well.
  }
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
