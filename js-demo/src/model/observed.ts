import type { KubernetesObject, Observation } from "steadfast";
import { keyOf } from "./set.ts";

/** Which list of an observation holds the objects of a kind; all others are workloads. */
const LISTS: Readonly<Record<string, keyof Observation>> = {
  Pod: "pods",
  PersistentVolumeClaim: "persistentVolumeClaims",
  ControllerRevision: "controllerRevisions",
  Service: "services",
  EndpointSlice: "endpointSlices",
  Node: "nodes",
  PodDisruptionBudget: "podDisruptionBudgets",
};

/**
 * Everything that a story holds at an instant, as an observation of one set, `[NAMESPACE/]NAME`. A dump without Services is one that
 * was not asked for them; a story without Services has none, and that is said.
 */
export function observedOf(objects: readonly KubernetesObject[], set: string): Observation | readonly KubernetesObject[] {
  const key = set.includes("/") ? set : keyOf(undefined, set);
  const meant = objects.find(({ kind, metadata }) => kind === "StatefulSet" && keyOf(metadata?.namespace, metadata?.name ?? "") === key);
  if (meant === undefined) {
    return objects;
  }
  const lists: Record<string, KubernetesObject[]> = { pods: [], persistentVolumeClaims: [], controllerRevisions: [], services: [], endpointSlices: [] };
  for (const object of objects) {
    if (object !== meant) {
      const list = Object.hasOwn(LISTS, object.kind ?? "") ? LISTS[object.kind ?? ""] : undefined;
      (lists[list ?? "workloads"] ??= []).push(object);
    }
  }
  return { statefulSet: meant, ...lists };
}
