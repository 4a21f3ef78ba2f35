import { cursor, goTo, grouping, isEditorOpen, jump, lives, shown, fork, speed, step, tab, toggleRunning, type Tab } from "../store.ts";
import { isDialogOpen } from "./dom.ts";
import { turnTheme } from "./header.ts";
import { toggleHelp } from "./help.ts";

const TABS: readonly Tab[] = ["why", "explain", "dns", "watch", "events", "status", "plan", "table", "compare"];
const SPEEDS = [0.25, 0.5, 1, 2, 4, 16];

/** Keys for everything; none of them works while one writes. */
export function listen(share: () => void): void {
  addEventListener("keydown", (event) => {
    // The editor is in a shadow root: what has the focus there is the first of the path.
    const target = (event.composedPath()[0] ?? event.target) as HTMLElement;
    const isWriting = target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target instanceof HTMLInputElement && target.type !== "range" && target.type !== "checkbox");
    if (event.defaultPrevented || isWriting || event.ctrlKey || event.metaKey || event.altKey || isDialogOpen()) {
      return;
    }
    const isPressing = event.key === " " && target.tagName === "BUTTON" && !target.classList.contains("play");
    const act = isPressing ? undefined : actOf(event, share);
    if (act !== undefined) {
      event.preventDefault();
      act();
    }
  });
}

function actOf(event: KeyboardEvent, share: () => void): (() => void) | undefined {
  const pace = (by: number) => () => {
    speed.value = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, SPEEDS.indexOf(speed.peek()) + by))] ?? 1;
  };
  const number = /^[1-9]$/.test(event.key) ? TABS[Number(event.key) - 1] : undefined;
  if (number !== undefined) {
    return () => (tab.value = number);
  }
  switch (event.key) {
    case " ":
      return toggleRunning;
    case "ArrowRight":
      return event.shiftKey ? () => jump("action", 1) : () => step(1);
    case "ArrowLeft":
      return event.shiftKey ? () => jump("action", -1) : () => step(-1);
    case "n":
      return () => jump("action", 1);
    case "d":
      return () => jump("decision", 1);
    case "Home":
      return () => (cursor.value = { at: 0, entries: 0 });
    case "End":
      return () => goTo(Infinity);
    case "+":
      return pace(1);
    case "-":
      return pace(-1);
    case "p":
      return () => document.querySelector<SVGElement>('.picture .pod[tabindex="0"]')?.focus();
    case "e":
      return () => (isEditorOpen.value = !isEditorOpen.peek());
    case "g":
      return () => (grouping.value = grouping.peek() === "nodes" ? "ordinals" : "nodes");
    case "f":
      return () => fork();
    case "o":
      return () => lives.peek().length > 1 && (shown.value = 1 - shown.peek());
    case "s":
      return share;
    case "t":
      return turnTheme;
    case "?":
      return toggleHelp;
    default:
      return undefined;
  }
}
