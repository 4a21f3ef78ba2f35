import type { FeatureGates, KubernetesObject } from "steadfast";
import { NEWEST, type Story } from "./story.ts";
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

/**
 * The gates that can make another story of this one, each with what it is now: those that bear on something in it, and those that
 * somebody has switched. `objects` are the manifests with which it begins.
 */
export function gatesThatMatter(story: Story, objects: readonly KubernetesObject[]): Readonly<Record<string, boolean>> {
  const applied = story.timeline.flatMap((event) => ("apply" in event ? [event.apply as KubernetesObject] : []));
  const all = [...objects, ...applied];
  const sets = all.filter(({ kind }) => kind === "StatefulSet").map(({ spec }) => (spec ?? {}) as SpecOfGates);
  const isUpdated = ({ updateStrategy }: SpecOfGates): boolean => (updateStrategy?.type ?? "RollingUpdate") === "RollingUpdate";
  const bears: Readonly<Record<string, () => boolean>> = {
    MaxUnavailableStatefulSet: () => sets.some((spec) => isUpdated(spec) && (spec.podManagementPolicy === "Parallel" || spec.updateStrategy?.rollingUpdate?.maxUnavailable !== undefined)),
    RelaxedServiceNameValidation: () => all.some(({ kind, metadata }) => kind === "Service" && /^\d/.test(metadata?.name ?? "")),
    // Which bytes a revision has matters where some were stored by another version.
    StatefulSetSemanticRevisionComparison: () => all.some(({ kind }) => kind === "ControllerRevision"),
    StaleControllerConsistencyStatefulSet: () => story.settings.watch !== undefined,
    StatefulSetRecreateStrategy: () => sets.some(({ updateStrategy }) => updateStrategy?.type === "Recreate"),
  };
  const switchedOnes = story.featureGates as Readonly<Record<string, boolean>>;
  const known = Object.entries({ ...gatesOf(story.kubernetes), ...switchedOnes });
  return Object.fromEntries(known.filter(([gate]) => Object.hasOwn(switchedOnes, gate) || (bears[gate]?.() ?? true)));
}

interface SpecOfGates {
  readonly podManagementPolicy?: string;
  readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly maxUnavailable?: unknown } };
}

/** The story under another version: gates that the version does not have, or has so anyway, are left out. */
export function under(story: Story, kubernetes: string): Story {
  return { ...story, kubernetes, featureGates: kept(story.featureGates, kubernetes) };
}

/** The story with a gate on or off. */
export function switched(story: Story, gate: string, isOn: boolean): Story {
  return { ...story, featureGates: kept({ ...story.featureGates, [gate]: isOn }, story.kubernetes) };
}

/** How a story is played in which an API server takes the strategy Recreate: what to press, and what it does. */
export function withRecreate(story: Story): { readonly name: string; readonly how: (story: Story) => Story } {
  const gate = "StatefulSetRecreateStrategy";
  const isKnown = Object.hasOwn(gatesOf(story.kubernetes), gate);
  return {
    name: isKnown ? `Play it with the gate ${gate}` : `Play it under ${NEWEST} with the gate ${gate}`,
    how: (from) => switched(isKnown ? from : under(from, NEWEST), gate, true),
  };
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
