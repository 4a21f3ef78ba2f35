import type { Diagnosis, Explained, Remedy, ScenarioEvent } from "steadfast";
import { spanOf, withEvent, type Story } from "../model/story.ts";
import { change, cursor, fork, isRunning, lives } from "../store.ts";
import { fill, h } from "./dom.ts";
import { judge, seenAtCursor } from "./seen.ts";

let asked = 0;

/** What is wrong at the cursor, and what would help: each remedy that can be played is a button. */
export function explained(panel: HTMLElement): void {
  const seen = seenAtCursor();
  const own = (asked += 1);
  if (seen === undefined) {
    fill(panel, h("p", { class: "empty" }, isRunning.value ? "Explained when the story stands still: press Space." : "Nothing has happened yet that could be explained."));
    return;
  }
  if (panel.childElementCount === 0) {
    fill(panel, h("p", { class: "empty" }, "Thinking …"));
  }
  seen
    .then((looked) => (looked.ok ? judge.explain(looked.value.objects, looked.value.set, looked.value.when) : looked))
    .then(
      (answer) => own === asked && fill(panel, ...(answer.ok ? sections(answer.value) : [h("p", { class: "empty" }, answer.error.message)])),
      (error: unknown) => own === asked && fill(panel, h("p", { class: "empty" }, error instanceof Error ? error.message : String(error))),
    );
}

function sections({ progress, diagnoses, leadsTo }: Explained): HTMLElement[] {
  const cards = diagnoses.map((diagnosis, index) =>
    card(diagnosis, (remedy) => leadsTo.find((one) => one.diagnosis === index && one.remedy === remedy)?.sentence),
  );
  // Where a diagnosis blocks the set, its message is the verdict's too: it is said once.
  const verdict = progress.blocker === undefined ? progress.message : `Blocked: ${progress.blocker}`;
  return [h("p", { class: "progress", "data-code": progress.code }, verdict), ...(cards.length > 0 ? cards : [h("p", { class: "empty" }, "Nothing is wrong.")])];
}

function card({ code, severity, message, remedies, reports }: Diagnosis, leadsTo: (remedy: number) => string | undefined): HTMLElement {
  return h(
    "article",
    { class: "diagnosis", "data-severity": severity },
    h("h2", {}, `${severity === "error" ? "✕ " : severity === "warning" ? "! " : ""}${code}`),
    h("p", {}, message),
    ...remedies.map(({ sentence, actions, commands }, index) => {
      const events = eventsOf(actions);
      const outcome = leadsTo(index);
      return h(
        "div",
        { class: "remedy" },
        h("p", {}, sentence, outcome !== undefined && h("span", { class: "reason" }, ` → ${outcome}`)),
        commands.length > 0 && h("pre", {}, commands.join("\n")),
        events.length > 0 && h("p", { class: "choices" }, h("button", { type: "button", onclick: () => play(events, true) }, "Play it in a second life"), h("button", { type: "button", class: "quiet", onclick: () => play(events, false) }, "Play it here")),
      );
    }),
    reports.length > 0 && h("p", { class: "reports" }, `Reported as ${reports.join(", ")}`),
  );
}

/** The remedies that a story can play; none, where one of them cannot be. */
function eventsOf(actions: readonly Remedy[]): Omit<ScenarioEvent, "at">[] {
  const events = actions.map((action) => (action.type === "DeletePod" ? { deletePod: action.pod } : undefined));
  return events.some((event) => event === undefined) ? [] : (events as Omit<ScenarioEvent, "at">[]);
}

function play(events: readonly Omit<ScenarioEvent, "at">[], isApart: boolean): void {
  const at = spanOf(Math.round(cursor.peek().at));
  const added = (story: Story): Story => events.reduce((so, event) => withEvent(so, { ...event, at } as ScenarioEvent), story);
  isApart && lives.peek().length === 1 ? fork(added) : change(added);
}
