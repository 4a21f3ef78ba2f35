import type { SetSpec } from "../model/set.ts";
import { keyOf } from "../model/set.ts";
import type { Claim, World } from "../model/world.ts";
import { s, set } from "./dom.ts";
import { CLAIM, type Size } from "./layout.ts";

/** A claim under its ordinal, and what its end depends on. */
export interface ClaimView {
  readonly name: string;
  readonly template: string;
  readonly claim: Claim | undefined;
  /** Who owns it: nobody, so that it is kept; the Pod that goes; or the set. */
  readonly owner: "kept" | "Pod" | "set";
}

/** The claims of an ordinal, those that are missing too. */
export function claimsOf(world: World, spec: SetSpec, ordinal: number): ClaimView[] {
  const isInRange = ordinal >= spec.start && ordinal < spec.start + spec.replicas;
  const pod = world.pods.has(keyOf(spec.namespace, `${spec.name}-${ordinal}`));
  return spec.templates.map((template) => {
    const name = `${template}-${spec.name}-${ordinal}`;
    const owner = !isInRange && pod && spec.whenScaled === "Delete" ? "Pod" : spec.whenDeleted === "Delete" ? "set" : "kept";
    return { name, template, claim: world.claims.get(keyOf(spec.namespace, name)), owner };
  });
}

/** What a claim is, in words. */
export function wordsOf({ name, claim, owner }: ClaimView): string {
  const state = claim === undefined ? "not there" : claim.terminating ? "terminating" : claim.phase;
  const fate = claim === undefined ? "" : owner === "kept" ? ", kept whatever becomes of the Pod" : `, goes with the ${owner}`;
  return `Claim ${name}: ${state}${fate}`;
}

/** Draws the claims below a Pod. */
export function drawClaims(group: SVGGElement, views: readonly ClaimView[], size: Size, marked: string): void {
  const key = views.map(({ name, claim, owner }) => `${name}${claim?.phase}${claim?.terminating}${owner}${marked === name}`).join();
  if (group.dataset.key === key) {
    return;
  }
  group.dataset.key = key;
  group.replaceChildren(...views.map((view, index) => (size === "card" ? pill(view, index, marked === view.name) : bar(view, index, views.length))));
}

function pill(view: ClaimView, index: number, isMarked: boolean): SVGElement {
  const { claim, owner, template, name } = view;
  const state = claim === undefined ? "missing" : claim.terminating ? "terminating" : claim.phase === "Bound" ? "bound" : "pending";
  const words = { missing: "", bound: owner === "kept" ? "kept" : `of ${owner}`, pending: "pending", terminating: "going" }[state];
  const group = s("g", {
    class: "claim",
    role: "button",
    tabindex: claim === undefined ? undefined : 0,
    "data-name": name,
    "data-state": state,
    "data-mark": isMarked ? "marked" : undefined,
    transform: `translate(0 ${index * CLAIM})`,
  });
  group.append(
    s("title", {}, wordsOf(view)),
    s("rect", { class: "frame", width: 124, height: 24, rx: 6 }),
    s("path", { class: "disk", d: "M10 8.5c0-3.3 10-3.3 10 0v7c0 3.3-10 3.3-10 0zM10 8.5c0 3.3 10 3.3 10 0" }),
    s("text", { x: 27, y: 16.5 }, template.length > 8 ? `${template.slice(0, 7)}…` : template),
    s("text", { class: "fate", x: 116, y: 16.5, "text-anchor": "end" }, words),
  );
  return group;
}

function bar(view: ClaimView, index: number, count: number): SVGElement {
  const width = 68 / count - 2;
  const state = view.claim === undefined ? "missing" : view.claim.terminating ? "terminating" : view.claim.phase === "Bound" ? "bound" : "pending";
  const element = s("g", { class: "claim", "data-name": view.name, "data-state": state });
  set(element, { transform: `translate(${index * (width + 2)} 0)` });
  element.append(s("rect", { class: "frame", width, height: 5, rx: 2 }));
  return element;
}
