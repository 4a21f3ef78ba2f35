// What is asked of the judge about an instant: the objects of that instant come from the story, played up to it.

import type { KubernetesObject } from "steadfast";
import { clerk, judge } from "../core/client.ts";
import type { Outcome, When } from "../core/protocol.ts";
import { nameOf } from "../model/set.ts";
import { scenarioOf } from "../model/story.ts";
import { cursor, isRunning, reel, set as spec } from "../store.ts";

/** Everything that there is at the cursor. */
export interface Seen {
  readonly objects: readonly KubernetesObject[];
  readonly set: string;
  readonly when: When;
}

let kept: { readonly key: unknown; readonly at: number; readonly set: string; readonly seen: Promise<Outcome<Seen>> } | undefined;

/** The objects at the cursor; `undefined` while the story runs, or where there is no set. Reads the signals that it depends on. */
export function seenAtCursor(): Promise<Outcome<Seen>> | undefined {
  const [current, value, { at, entries }] = [reel.value, spec.value, cursor.value];
  if (isRunning.value || current === undefined || value === undefined || entries === 0) {
    return undefined;
  }
  const set = nameOf(value.namespace, value.name);
  if (kept === undefined || kept.key !== current || kept.at !== at || kept.set !== set) {
    const { story } = current;
    const when = { kubernetes: story.kubernetes, featureGates: story.featureGates, now: new Date(current.epoch + Math.round(at)).toISOString() };
    const seen = clerk.look(scenarioOf(story), at, set).then((looked) => (looked.ok ? { ok: true as const, value: { objects: looked.value.objects, set, when } } : looked));
    kept = { key: current, at, set, seen };
  }
  return kept.seen;
}

export { judge };
