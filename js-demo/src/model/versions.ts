import type { FeatureGates } from "steadfast";
import type { Story } from "./story.ts";
import made from "./gates.json";

/** The versions that can be chosen, the newest first. */
export const VERSIONS: readonly string[] = Object.keys(made).reverse();

const GATES: Readonly<Record<string, Readonly<Record<string, boolean>>>> = made;

/** What a gate does, in a line. */
export const SAYS: Readonly<Record<string, string>> = {
  MaxUnavailableStatefulSet: "maxUnavailable of a rolling update is honoured",
  RelaxedServiceNameValidation: "a Service's name may begin with a digit",
  StatefulSetSemanticRevisionComparison: "a template that means the same makes no new revision",
  StaleControllerConsistencyStatefulSet: "the controller waits until it has seen its own writes",
  StatefulSetRecreateStrategy: "the strategy Recreate, which replaces all Pods at once",
};

/** The gates of a version that can be switched, each with what it is unless somebody says otherwise. */
export function gatesOf(kubernetes: string): Readonly<Record<string, boolean>> {
  const minor = /^1\.\d+/.exec(kubernetes)?.[0] ?? "";
  return Object.hasOwn(GATES, minor) ? (GATES[minor] ?? {}) : {};
}

/** The story under another version: gates that the version does not have, or has so anyway, are left out. */
export function under(story: Story, kubernetes: string): Story {
  return { ...story, kubernetes, featureGates: kept(story.featureGates, kubernetes) };
}

/** The story with a gate on or off. */
export function switched(story: Story, gate: string, isOn: boolean): Story {
  return { ...story, featureGates: kept({ ...story.featureGates, [gate]: isOn }, story.kubernetes) };
}

/** Which Kubernetes a story is played under, in words: `1.35 with MaxUnavailableStatefulSet`. */
export function nameOf({ kubernetes, featureGates }: Pick<Story, "kubernetes" | "featureGates">): string {
  const gates = Object.entries(featureGates).map(([gate, isOn]) => `${isOn === true ? "with" : "without"} ${gate}`);
  return [kubernetes, ...gates].join(" ");
}

function kept(gates: FeatureGates, kubernetes: string): FeatureGates {
  const known = gatesOf(kubernetes);
  return Object.fromEntries(Object.entries(gates).filter(([gate, isOn]) => Object.hasOwn(known, gate) && known[gate] !== isOn));
}
