import { dialogOf, h } from "./dom.ts";

const KEYS: readonly (readonly [string, string])[] = [
  ["Space", "play, pause"],
  ["← →", "one instant back, further"],
  ["Shift ← →", "the action before, the next action"],
  ["n, d", "next action, next decision"],
  ["Home, End", "to the beginning, to the end"],
  ["+ −", "faster, slower"],
  ["1 … 9", "the tabs below the picture"],
  ["p", "to the Pods; arrows move among them, Enter opens what can happen to one"],
  ["e", "the YAML, and back (Escape leaves the text)"],
  ["g", "group by nodes or by ordinals"],
  ["f", "fork: a second life from here on"],
  ["o", "look at the other life"],
  ["s", "copy the link to this story at this instant"],
  ["t", "dark or light"],
  ["?", "this help"],
];

let dialog: HTMLDialogElement | undefined;

/** Shows the keys, or hides them. */
export function toggleHelp(): void {
  if (dialog?.open) {
    dialog.close();
    return;
  }
  dialog ??= make();
  document.body.append(dialog);
  dialog.showModal();
}

function make(): HTMLDialogElement {
  const rows = KEYS.map(([keys, what]) => h("div", {}, h("dt", {}, ...keys.split(", ").map((key) => h("kbd", {}, key))), h("dd", {}, what)));
  return dialogOf(
    "help",
    "help-title",
    h("h2", { id: "help-title" }, "What this is, and the keys"),
    h("p", {}, "A StatefulSet and the controller that looks after it, in a simulated cluster. Play the story, drag time back, click a Pod, a node or a claim to break it, and read why the controller does what it does. Everything runs in this page."),
    h("dl", {}, ...rows),
    h("p", {}, "A card is an ordinal: it keeps its place when its Pod is gone, and its claim stays below it. ", "● ready, ◇ running and not ready, ◐ starting, ○ pending, ▽ terminating, ✕ in trouble. The ring is the grace period, or minReadySeconds, running down. The band on the left is the revision."),
    h("form", { method: "dialog" }, h("button", { class: "primary" }, "Close")),
  );
}
