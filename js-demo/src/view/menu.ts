// What can be done to a Pod, a node, a claim or the set: each is an event of the story at the cursor.

import type { ScenarioEvent } from "steadfast";
import { withEvent, spanOf, type Story } from "../model/story.ts";
import { keyOf, nameOf } from "../model/set.ts";
import { change, cursor, fork, lives, marked, notice, set as spec, world } from "../store.ts";
import { fill, h } from "./dom.ts";

type Happening = Omit<ScenarioEvent, "at">;
/** A label, what happens, and what must be so before. */
type Item = readonly [string, Happening, Happening?] | undefined;

let panel: HTMLElement | undefined;
let opener: Element | undefined;
let isFork = false;

/** Opens the menu of an object beside an element. */
export function openMenu(target: string, near: Element): void {
  closeMenu();
  const name = target.replace(/^(node|set):/, "");
  marked.value = name;
  opener = near;
  const items = itemsOf(target, name).filter((item) => item !== undefined);
  const aside = h("input", { type: "checkbox", id: "in-a-fork", checked: isFork });
  aside.addEventListener("change", () => (isFork = aside.checked));
  const buttons = items.map(([label, event, before]) => h("button", { type: "button", onclick: () => choose(before === undefined ? [event] : [before, event], label) }, label));
  const pod = spec.peek() && world.peek().pods.get(keyOf(spec.peek()?.namespace, name));
  panel = h("div", { class: "menu", role: "dialog", "aria-label": `What happens to ${name}` });
  fill(
    panel,
    h("p", { class: "menu-title" }, name, h("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => closeMenu(true) }, "×")),
    pod?.trouble !== undefined && h("p", { class: "menu-note" }, pod.trouble),
    ...buttons,
    h("label", { class: "menu-note" }, aside, " in a second life, to compare"),
  );
  panel.addEventListener("keydown", (event) => pressed(event));
  document.body.append(panel);
  place(panel, near);
  (buttons[0] ?? aside).focus();
  setTimeout(() => document.addEventListener("pointerdown", outside), 0);
}

export function closeMenu(isReturning = false): void {
  if (panel === undefined) {
    return;
  }
  panel.remove();
  panel = undefined;
  marked.value = "";
  document.removeEventListener("pointerdown", outside);
  if (isReturning && (opener instanceof HTMLElement || opener instanceof SVGElement)) {
    (opener as unknown as HTMLElement).focus();
  }
}

function choose(events: readonly Happening[], label: string): void {
  const at = spanOf(Math.round(cursor.peek().at));
  const told = (story: Story): Story => events.reduce((so, event) => withEvent(so, { ...event, at } as ScenarioEvent), story);
  if (isFork && lives.peek().length === 1) {
    fork(told);
  } else {
    change(told);
  }
  notice.value = `${marked.peek()}: ${label.toLowerCase()}, from here on`;
  closeMenu(true);
}

function itemsOf(target: string, name: string): Item[] {
  const set = spec.peek();
  const at = set?.namespace ?? "default";
  const full = nameOf(at, name);
  const event = (given: object): Happening => given as Happening;
  if (target.startsWith("node:")) {
    return [
      world.peek().nodes.get(name)?.state === "up" ? ["Goes down", event({ node: { name, state: "down" } })] : ["Comes back", event({ node: { name, state: "up" } })],
    ];
  }
  if (target.startsWith("set:")) {
    const image = set?.images[0] ?? "nginx:1.28";
    return [
      ["New image that can be pulled", event({ image: { set: full, image: bumped(image, "new") } })],
      ["New image that cannot be pulled", event({ image: { set: full, image: bumped(image, "typo") } }), event({ imageNeverPulls: bumped(image, "typo") })],
      ["Back to the image of the beginning", event({ image: { set: full, image: firstImage() } })],
      ["The API refuses to create Pods (quota)", event({ apiError: { verb: "create", kind: "Pod", error: "quota", by: "pods" } })],
      ["The API refuses to create claims (quota)", event({ apiError: { verb: "create", kind: "PersistentVolumeClaim", error: "quota", by: "storage" } })],
      ["All goes well again", event({ clear: "all" })],
      ["Resync: the controller looks again", event({ tick: true })],
      ["Delete the set", event({ delete: { kind: "StatefulSet", name: full } })],
      ["Delete the set, orphan its Pods", event({ delete: { kind: "StatefulSet", name: full, cascade: "orphan" } })],
    ];
  }
  const ordinal = name.slice((set?.name.length ?? 0) + 1);
  const isPod = name === `${set?.name}-${ordinal}` && /^\d+$/.test(ordinal);
  if (!isPod) {
    return [
      ["Gets no volume", event({ volumeStuck: full })],
      ["Gets its volume after all", event({ volumeFreed: full })],
      ["Delete the claim", event({ delete: { kind: "PersistentVolumeClaim", name: full } })],
    ];
  }
  const exists = world.peek().pods.has(keyOf(at, name));
  return [
    exists ? ["Delete", event({ deletePod: full })] : undefined,
    exists ? ["Delete by force", event({ deletePod: { name: full, grace: 0 } })] : undefined,
    exists ? ["Evict", event({ evict: full })] : undefined,
    ["Fails its readiness", event({ notReady: full })],
    ["Crashes again and again", event({ crash: full })],
    exists ? ["Ends for good (Failed)", event({ exits: full })] : undefined,
    ["Hangs when it should stop", event({ neverTerminates: full })],
    ["The API refuses to create it", event({ apiError: { verb: "create", kind: "Pod", name, error: "webhook", by: "playground" } })],
    ["Is healthy again", event({ ready: full })],
  ];
}

/** An image with another tag. */
function bumped(image: string, how: "new" | "typo"): string {
  const [repository = image, tag = "1"] = image.split(/:(?=[^/]*$)/);
  if (how === "typo") {
    return `${repository}:${tag.replace(/-typo$/, "")}-typo`;
  }
  const next = tag.replace(/-typo$/, "").replace(/(\d+)(?!.*\d)/, (digits) => String(Number(digits) + 1));
  return `${repository}:${next}`;
}

function firstImage(): string {
  const { reel } = lives.peek()[0] ?? {};
  const manifest = reel?.film.objects.find((one) => one.kind === "StatefulSet" && one.metadata?.name === spec.peek()?.name);
  return manifest?.spec?.template?.spec?.containers?.[0]?.image ?? "nginx:1.28";
}

function place(menu: HTMLElement, near: Element): void {
  const box = near.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, box.bottom + 6 + height > innerHeight ? Math.max(8, Math.min(box.top - height - 6, innerHeight - height - 8)) : box.bottom + 6)}px`;
}

function outside(event: PointerEvent): void {
  if (panel !== undefined && !panel.contains(event.target as Element)) {
    closeMenu();
  }
}

function pressed(event: KeyboardEvent): void {
  event.stopPropagation();
  const focusable = [...(panel?.querySelectorAll<HTMLElement>("button, input") ?? [])];
  const here = focusable.indexOf(document.activeElement as HTMLElement);
  const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
  const by = event.key === "Tab" ? (event.shiftKey ? -1 : 1) : moves[event.key];
  if (event.key === "Escape") {
    closeMenu(true);
  } else if (by !== undefined) {
    event.preventDefault();
    focusable[(here + by + focusable.length) % focusable.length]?.focus();
  }
}
