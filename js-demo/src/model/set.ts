import type { KubernetesObject } from "steadfast";

/** What the picture must know of a set's spec. */
export interface SetSpec {
  readonly namespace: string;
  readonly name: string;
  readonly start: number;
  readonly replicas: number;
  readonly policy: "OrderedReady" | "Parallel";
  readonly strategy: string;
  readonly partition: number;
  readonly serviceName: string;
  /** Grace period of its Pods, in milliseconds. */
  readonly grace: number;
  /** `minReadySeconds`, in milliseconds. */
  readonly minReady: number;
  readonly images: readonly string[];
  readonly templates: readonly string[];
  readonly whenScaled: "Retain" | "Delete";
  readonly whenDeleted: "Retain" | "Delete";
}

/** Namespace and name as one key. */
export function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? "default"}/${name}`;
}

/** A name as an event of a scenario takes it. */
export function nameOf(namespace: string, name: string): string {
  return namespace === "default" ? name : `${namespace}/${name}`;
}

/** What a manifest says; what it leaves out is as the API server fills it in. */
export function specOf(set: KubernetesObject): SetSpec {
  const spec = record(set.spec);
  const pod = record(record(spec.template).spec);
  const rolling = record(record(spec.updateStrategy).rollingUpdate);
  const retention = record(spec.persistentVolumeClaimRetentionPolicy);
  const choice = (value: unknown): "Retain" | "Delete" => (value === "Delete" ? "Delete" : "Retain");
  return {
    namespace: set.metadata?.namespace ?? "default",
    name: set.metadata?.name ?? "",
    start: number(record(spec.ordinals).start, 0),
    replicas: number(spec.replicas, 1),
    policy: spec.podManagementPolicy === "Parallel" ? "Parallel" : "OrderedReady",
    strategy: String(record(spec.updateStrategy).type ?? "RollingUpdate"),
    partition: number(rolling.partition, 0),
    serviceName: String(spec.serviceName ?? ""),
    grace: number(pod.terminationGracePeriodSeconds, 30) * 1_000,
    minReady: number(spec.minReadySeconds, 0) * 1_000,
    images: list(pod.containers).map((container) => String(record(container).image ?? "")),
    templates: list(spec.volumeClaimTemplates).map((template) => String(record(record(template).metadata).name ?? "")),
    whenScaled: choice(retention.whenScaled),
    whenDeleted: choice(retention.whenDeleted),
  };
}

/** The ordinal in a Pod's name; `undefined` where it has none. */
export function ordinalOf(set: string, pod: string): number | undefined {
  const rest = pod.startsWith(`${set}-`) ? pod.slice(set.length + 1) : "";
  return /^\d{1,15}$/.test(rest) ? Number(rest) : undefined;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function number(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}
