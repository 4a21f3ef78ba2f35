import type { Diagnosis, Explained } from "steadfast";
import { capital } from "../model/sentence.ts";
import { playsOf, triesOf, type Play, type Scene } from "../model/remedies.ts";
import { keyOf, specOf } from "../model/set.ts";
import { change, compareVersion, cursor, fork, isRunning, lives, reel, set as spec, tab, world } from "../store.ts";
import { fill, h } from "./dom.ts";
import { judge, seenAtCursor, type Seen } from "./seen.ts";

let asked = 0;

/** What is wrong at the cursor, and what would help: each remedy that can be played is a button. */
export function explained(panel: HTMLElement): void {
  const seen = seenAtCursor();
  const own = (asked += 1);
  // Another tab may have the panel by the time of the answer.
  const isWanted = (): boolean => own === asked && tab.peek() === "explain";
  if (seen === undefined) {
    fill(panel, h("p", { class: "empty" }, isRunning.value ? "Explained when the story stands still: press Space." : "Nothing has happened yet that could be explained."));
    return;
  }
  if (panel.childElementCount === 0) {
    fill(panel, h("p", { class: "empty" }, "Thinking …"));
  }
  seen
    .then(async (looked) => {
      const answer = looked.ok ? await judge.explain(looked.value.objects, looked.value.set, looked.value.when) : looked;
      return answer.ok && looked.ok ? sections(answer.value, sceneOf(looked.value)) : [h("p", { class: "empty" }, answer.ok ? "" : answer.error.message)];
    })
    .then(
      (answer) => isWanted() && fill(panel, ...answer),
      (error: unknown) => isWanted() && fill(panel, h("p", { class: "empty" }, error instanceof Error ? error.message : String(error))),
    );
}

function sections({ progress, diagnoses, leadsTo }: Explained, scene: Scene | undefined): HTMLElement[] {
  const cards = diagnoses.map((diagnosis, index) =>
    card(diagnosis, scene, (remedy) => leadsTo.find((one) => one.diagnosis === index && one.remedy === remedy)?.sentence),
  );
  // Where a diagnosis blocks the set, its message is the verdict's too: it is said once.
  const verdict = progress.blocker === undefined ? progress.message : `Blocked: ${progress.blocker}`;
  return [h("p", { class: "progress", "data-code": progress.code }, verdict), ...(cards.length > 0 ? cards : [h("p", { class: "empty" }, "Nothing is wrong.")])];
}

function card(diagnosis: Diagnosis, scene: Scene | undefined, leadsTo: (remedy: number) => string | undefined): HTMLElement {
  const { code, severity, message, remedies, reports } = diagnosis;
  return h(
    "article",
    { class: "diagnosis", "data-severity": severity },
    h("h2", {}, h("span", { class: "sign-of", "aria-hidden": "true" }, severity === "error" ? "✕" : severity === "warning" ? "!" : "i"), code, severity !== "info" && h("span", { class: "hidden" }, `, ${severity}`)),
    h("p", {}, message),
    ...remedies.map((remedy, index) => {
      const { sentence, commands } = remedy;
      const outcome = leadsTo(index);
      return h(
        "div",
        { class: "remedy" },
        h("p", {}, capital(sentence), outcome !== undefined && h("span", { class: "reason" }, ` → ${outcome}`)),
        commands.length > 0 && h("pre", {}, commands.join("\n")),
        ...(scene === undefined ? [] : tries(playsOf(remedy, scene))),
      );
    }),
    ...(scene === undefined ? [] : tries(triesOf(diagnosis, scene))),
    reports.length > 0 && h("p", { class: "reports" }, `Reported as ${reports.join(", ")}`),
  );
}

/** The buttons of what can be tried. */
function tries(plays: readonly Play[]): HTMLElement[] {
  return plays.map((one) => {
    const { label, how, isVersion } = one;
    const at = cursor.peek().at;
    return h(
      "p",
      { class: "choices" },
      label !== "Play it" && h("span", {}, `${label}:`),
      h("button", { type: "button", onclick: () => (isVersion ? compareVersion((story) => how(story, at)) : lives.peek().length === 1 ? fork((story) => how(story, at)) : change((story) => how(story, at))) }, label === "Play it" ? "Play it in a second life" : "in a second life"),
      h("button", { type: "button", class: "quiet", onclick: () => change((story) => how(story, at)) }, label === "Play it" ? "Play it here" : "here"),
    );
  });
}

function sceneOf({ objects }: Seen): Scene | undefined {
  const [current, value] = [reel.peek(), spec.peek()];
  if (current === undefined || value === undefined) {
    return undefined;
  }
  const first = current.film.objects.find((one) => one.kind === "StatefulSet" && one.metadata?.name === value.name);
  return { spec: value, pods: world.peek().pods, waits: world.peek().said.get(keyOf(value.namespace, value.name))?.waits ?? [], objects, firstImages: first === undefined ? [] : specOf(first).images, story: current.story };
}
