// What a change means: which fields, allowed or not, a new revision or not, which Pods restart, and what to do where it is refused.

import type { Change, Difference, Ordinals } from "steadfast";
import { judge } from "../core/client.ts";
import { life } from "../store.ts";
import { fill, h } from "../view/dom.ts";

const RESTARTS: Readonly<Record<Change["restarts"], string>> = {
  none: "no Pod restarts",
  rolling: "Pods restart, the highest first",
  heldByPartition: "held by the partition",
  onDelete: "when somebody deletes the Pods",
  recreate: "all Pods are replaced",
  scaling: "Pods come or go",
  heldPods: "held Pods restart",
};

/** How many rows are shown. */
const MOST = 30;

let asked = 0;

/** Lets an answer go that nobody waits for any more. */
export function forget(): void {
  asked += 1;
}

/** Fills the place below the editor. */
export async function judged(text: string, place: HTMLElement, showLine: (line: number) => void): Promise<void> {
  const own = (asked += 1);
  const { yaml, kubernetes, featureGates } = life.peek().story;
  const answer = await judge.diff(yaml, text, { kubernetes, featureGates });
  if (own !== asked) {
    return;
  }
  fill(place, ...(answer.ok ? told(answer.value, showLine) : [h("p", { class: "empty" }, answer.error.message)]));
}

function told({ changes, errors, warnings, makesRevision, newRevision, pods, allowed, runbook, diagnoses }: Difference, showLine: (line: number) => void): HTMLElement[] {
  if (changes.length === 0) {
    return [h("p", { class: "lead" }, "No difference yet: edit the text, then apply it at the cursor.")];
  }
  const rows = changes.slice(0, MOST).map((one) =>
    h(
      "li",
      { "data-refused": !one.allowed || undefined },
      one.line === undefined ? h("code", {}, one.field) : h("button", { type: "button", class: "name", onclick: () => showLine(one.line ?? 1) }, one.field),
      `: ${[value(one.old), value(one.new)].filter(Boolean).join(" → ")}${one.allowed ? "" : ", refused"}`,
      h("span", { class: "reason" }, one.allowed ? ` ${RESTARTS[one.restarts]}` : ""),
    ),
  );
  const fates = [fate("restart", pods.restarted), fate("are held by the partition", pods.held), fate("wait for somebody to delete them", pods.byHand), ...(pods.created ?? []).map((one) => fate("are new", one)), ...(pods.deleted ?? []).map((one) => fate(pods.claimsDeleted === true ? "go, and their claims with them" : "go", one))];
  const revision = makesRevision ? `a new revision${newRevision === undefined ? "" : ` ${newRevision}`}` : "no new revision";
  return [
    h("p", { class: "lead" }, `${changes.length} change${changes.length === 1 ? "" : "s"}, ${revision}${allowed ? "" : ": refused"}. ${allowed ? fates.filter(Boolean).map((one) => `${one}.`).join(" ") : ""}`),
    h("ul", {}, ...rows, changes.length > MOST && h("li", {}, `and ${changes.length - MOST} more`)),
    ...errors.map((error) => h("p", { class: "refusal" }, `${error.field}: ${error.detail}`)),
    ...warnings.map((warning) => h("p", { class: "reason" }, `! ${warning}`)),
    ...diagnoses.filter(({ code }) => code !== "ImmutableChange").map(({ code, message }) => h("p", { class: "reason" }, `${code}: ${message}`)),
    ...(runbook === undefined || runbook.steps.length === 0 ? [] : [h("p", {}, "What leads there all the same:"), h("ol", {}, ...runbook.steps.map(({ sentence }) => h("li", {}, sentence)))]),
  ];
}

function fate(word: string, ordinals: Ordinals | undefined): string {
  if (ordinals === undefined) {
    return "";
  }
  const { first, last } = ordinals;
  return first === last ? `Ordinal ${last}: ${word}` : `Ordinals ${first} to ${last} ${word}`;
}

function value(of: unknown): string {
  const text = of === undefined ? "" : typeof of === "string" ? of : JSON.stringify(of);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
