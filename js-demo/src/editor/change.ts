// What a change means: which fields, allowed or not, a new revision or not, which Pods restart, and what to do where it is refused.

import type { Change, Difference, KubernetesObject, Ordinals, ScenarioEvent } from "steadfast";
import { clerk, judge } from "../core/client.ts";
import { keyOf } from "../model/set.ts";
import { millisOf, type Story } from "../model/story.ts";
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

/** An object's kind and name, by which a manifest is known again. */
export function nameOf(object: KubernetesObject): string {
  return `${object.kind} ${keyOf(object.metadata?.namespace, object.metadata?.name ?? "")}`;
}

/** The texts that were applied, comments and all, by the last event that each became; and the story that it speaks of. */
const texts = new WeakMap<ScenarioEvent, { readonly yaml: string; readonly text: string; readonly of: readonly ScenarioEvent[] }>();

/** Keeps the text whose objects were applied last at an instant. */
export function keepText(story: Story, at: number, text: string): void {
  const of = appliedUntil(story, at);
  const last = of.at(-1);
  last !== undefined && texts.set(last, { yaml: story.yaml, text, of });
}

/** The manifests as they were applied last at an instant: what somebody would change then. */
export async function manifestsAt(story: Story, at: number): Promise<string> {
  const events = appliedUntil(story, at);
  const last = events.at(-1);
  if (last === undefined) {
    return story.yaml;
  }
  const kept = texts.get(last);
  if (kept?.yaml === story.yaml && kept.of.length === events.length && kept.of.every((event, index) => event === events[index])) {
    return kept.text;
  }
  const contents = await clerk.read(story.yaml);
  if (!contents.ok) {
    return story.yaml;
  }
  const applied = events.map((event) => (event as { readonly apply: KubernetesObject }).apply);
  const objects = new Map([...contents.value.objects.map(({ object }) => object), ...applied].map((object) => [nameOf(object), object]));
  const text = await clerk.write([...objects.values()]);
  return text.ok ? text.value : story.yaml;
}

function appliedUntil({ timeline }: Story, at: number): ScenarioEvent[] {
  return timeline.filter((event) => "apply" in event && millisOf(event.at) <= Math.round(at));
}

/** Fills the place below the editor with what a change of `yaml` means. */
export async function judged(yaml: string, text: string, place: HTMLElement, showLine: (line: number) => void): Promise<void> {
  const own = (asked += 1);
  const { kubernetes, featureGates } = life.peek().story;
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
