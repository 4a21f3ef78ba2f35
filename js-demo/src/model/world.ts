import type { KubernetesObject, Status, TraceEntry, Wait } from "steadfast";
import { keyOf, ordinalOf, specOf, type SetSpec } from "./set.ts";
import type { Clauses } from "./words.ts";

/** A Pod at the cursor. Another state is another object, so that what did not change need not be drawn. */
export interface Pod {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly phase: string;
  /** The column STATUS of kubectl. */
  readonly status: string;
  /** The column READY, such as `0/1`. */
  readonly ready: string;
  readonly isReady: boolean;
  readonly restarts: string;
  readonly terminating: boolean;
  readonly terminatingSince?: number;
  readonly readySince?: number;
  readonly createdAt: number;
  readonly node?: string;
  readonly revision?: string;
  /** The last warning about it, such as why its image cannot be pulled. */
  readonly trouble?: string;
}

/** A claim at the cursor. */
export interface Claim {
  readonly name: string;
  readonly namespace: string;
  readonly phase: string;
  readonly terminating: boolean;
  readonly createdAt: number;
}

/** A node at the cursor: `down` before anybody noticed is `silent`. */
export interface Node {
  readonly name: string;
  readonly state: "up" | "silent" | "down";
}

/** What the controller last said of a set. */
export interface Said {
  readonly waits: readonly Wait[];
  /** Since when it waits for this, in milliseconds. */
  readonly since: number;
}

/** Everything that is to be seen at a cursor, made from the trace up to it. */
export interface World {
  readonly at: number;
  readonly entries: number;
  readonly sets: ReadonlyMap<string, SetSpec>;
  readonly pods: ReadonlyMap<string, Pod>;
  readonly claims: ReadonlyMap<string, Claim>;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly said: ReadonlyMap<string, Said>;
  readonly statuses: ReadonlyMap<string, Status>;
  /** Pods whose names DNS answers with, as of the last change of an EndpointSlice. */
  readonly published: ReadonlySet<string>;
  readonly services: ReadonlyMap<string, KubernetesObject>;
  /** Revisions in the order in which they appeared. */
  readonly revisions: readonly string[];
}

type Open<T> = T extends ReadonlyMap<infer K, infer V> ? Map<K, V> : T;
/** `published` is put in place of another as a whole, and never changed: the same names are the same set. */
type Mutable = { -readonly [Field in keyof World]: Field extends "published" ? World[Field] : Open<World[Field]> };

const CHECKPOINT = 1_024;

/** A trace that can be looked at anywhere. */
export class Film {
  readonly trace: readonly TraceEntry[];
  readonly objects: readonly KubernetesObject[];
  readonly clauses: Clauses;
  readonly #marks: World[] = [];
  #last: World;

  /** `objects` are the manifests with which the story begins, `clauses` the words for its reasons and waits. */
  constructor(trace: readonly TraceEntry[], objects: readonly KubernetesObject[], clauses: Clauses = new Map()) {
    this.trace = trace;
    this.objects = objects;
    this.clauses = clauses;
    this.#last = EMPTY;
    this.#marks[0] = EMPTY;
  }

  /** The world after so many entries. */
  at(entries: number): World {
    const until = Math.max(0, Math.min(entries, this.trace.length));
    let from = this.#last;
    if (from.entries > until || until - from.entries > CHECKPOINT) {
      const mark = this.#marks[Math.min(Math.floor(until / CHECKPOINT), this.#marks.length - 1)] ?? EMPTY;
      from = from.entries <= until && from.entries > mark.entries ? from : mark;
    }
    if (from.entries === until) {
      return (this.#last = from);
    }
    const world = copy(from);
    for (let index = from.entries; index < until; index += 1) {
      const entry = this.trace[index];
      if (entry !== undefined) {
        world.at = entry.at;
        apply(world, entry, this.objects);
      }
      world.entries = index + 1;
      if (world.entries % CHECKPOINT === 0) {
        this.#marks[world.entries / CHECKPOINT] ??= copy(world);
      }
    }
    return (this.#last = world);
  }
}

export const EMPTY: World = {
  at: 0,
  entries: 0,
  sets: new Map(),
  pods: new Map(),
  claims: new Map(),
  nodes: new Map(),
  said: new Map(),
  statuses: new Map(),
  published: new Set(),
  services: new Map(),
  revisions: [],
};

function copy(world: World): Mutable {
  return {
    ...world,
    sets: new Map(world.sets),
    pods: new Map(world.pods),
    claims: new Map(world.claims),
    nodes: new Map(world.nodes),
    said: new Map(world.said),
    statuses: new Map(world.statuses),
    services: new Map(world.services),
  };
}

function apply(world: Mutable, entry: TraceEntry, objects: readonly KubernetesObject[]): void {
  switch (entry.type) {
    case "object":
      return applyObject(world, entry, objects);
    case "waits": {
      const key = keyOf(entry.set.namespace, entry.set.name);
      const before = world.said.get(key);
      const isSame = JSON.stringify(before?.waits) === JSON.stringify(entry.waits);
      world.said.set(key, { waits: entry.waits, since: isSame && before ? before.since : entry.at });
      return;
    }
    case "status":
      if (entry.error === undefined) {
        world.statuses.set(keyOf(entry.set.namespace, entry.set.name), entry.status);
      }
      return;
    case "event":
      return applyEvent(world, entry);
    case "scenario":
      if (entry.error === undefined) {
        applyScenario(world, entry.event as Record<string, unknown>);
      }
      return;
    case "action":
      return;
  }
}

type ObjectEntry = Extract<TraceEntry, { type: "object" }>;

function applyObject(world: Mutable, entry: ObjectEntry, objects: readonly KubernetesObject[]): void {
  const key = keyOf(entry.namespace, entry.name);
  const isGone = entry.change === "gone";
  switch (entry.kind) {
    case "Pod":
      isGone ? world.pods.delete(key) : world.pods.set(key, podOf(world.pods.get(key), entry));
      return;
    case "PersistentVolumeClaim":
      if (isGone) {
        world.claims.delete(key);
      } else {
        world.claims.set(key, {
          name: entry.name,
          namespace: entry.namespace ?? "default",
          phase: entry.phase ?? "Pending",
          terminating: entry.terminating ?? false,
          createdAt: world.claims.get(key)?.createdAt ?? entry.at,
        });
      }
      return;
    case "Node":
      isGone ? world.nodes.delete(entry.name) : world.nodes.set(entry.name, world.nodes.get(entry.name) ?? { name: entry.name, state: "up" });
      return;
    case "StatefulSet":
    case "Service": {
      const held = (entry.kind === "Service" ? world.services : world.sets) as Map<string, unknown>;
      if (isGone) {
        held.delete(key);
      } else if (!held.has(key)) {
        const manifest = objects.find((one) => one.kind === entry.kind && keyOf(one.metadata?.namespace, one.metadata?.name ?? "") === key);
        held.set(key, manifestOrNothing(entry, manifest));
      }
      return;
    }
    case "EndpointSlice": {
      const all = [...world.services.values()].some((service) => service.spec?.publishNotReadyAddresses === true);
      const pods = [...world.pods].filter(([, pod]) => pod.node !== undefined && (all || (pod.isReady && !pod.terminating)));
      world.published = new Set(isGone ? [] : pods.map(([name]) => name));
      return;
    }
    case "ControllerRevision":
      if (!isGone && !world.revisions.includes(entry.name)) {
        world.revisions = [...world.revisions, entry.name];
      }
  }
}

function manifestOrNothing(entry: ObjectEntry, manifest: KubernetesObject | undefined): SetSpec | KubernetesObject {
  const bare = { metadata: { name: entry.name, namespace: entry.namespace ?? "default" }, spec: {} };
  return entry.kind === "StatefulSet" ? specOf(manifest ?? bare) : (manifest ?? bare);
}

function podOf(before: Pod | undefined, entry: ObjectEntry): Pod {
  const same = before?.uid === entry.uid ? before : undefined;
  const ready = entry.row?.ready ?? "0/0";
  const [up, all] = ready.split("/");
  const isReady = up === all && up !== "0" && entry.phase === "Running";
  const terminating = entry.terminating ?? false;
  return {
    name: entry.name,
    namespace: entry.namespace ?? "default",
    uid: entry.uid ?? "",
    phase: entry.phase ?? "Pending",
    status: entry.row?.status ?? entry.phase ?? "",
    ready,
    isReady,
    restarts: entry.row?.restarts ?? "0",
    terminating,
    createdAt: same?.createdAt ?? entry.at,
    ...(terminating && { terminatingSince: same?.terminatingSince ?? entry.at }),
    ...(isReady && { readySince: same?.readySince ?? entry.at }),
    ...(entry.node !== undefined && { node: entry.node }),
    ...(entry.revision !== undefined && { revision: entry.revision }),
    ...(!isReady && same?.trouble !== undefined && { trouble: same.trouble }),
  };
}

function applyEvent(world: Mutable, entry: Extract<TraceEntry, { type: "event" }>): void {
  if (entry.objectKind === "Node" && (entry.reason === "NodeNotReady" || entry.reason === "NodeReady")) {
    world.nodes.set(entry.name, { name: entry.name, state: entry.reason === "NodeReady" ? "up" : "down" });
  }
  const key = keyOf(entry.namespace, entry.name);
  const pod = entry.objectKind === "Pod" && entry.kind === "Warning" ? world.pods.get(key) : undefined;
  if (pod !== undefined) {
    // "Error: ImagePullBackOff" says less than what was said before it.
    const isEcho = pod.trouble !== undefined && entry.message.startsWith("Error: ");
    isEcho || world.pods.set(key, { ...pod, trouble: `${entry.reason}: ${entry.message}`.replace(/[:\s]+$/, "") });
  }
}

/** What people do to a set's spec; a fault shows in the objects that it befalls. */
function applyScenario(world: Mutable, event: Record<string, unknown>): void {
  const change = (name: unknown, how: (spec: SetSpec) => SetSpec): void => {
    const key = String(name).includes("/") ? String(name) : keyOf(undefined, String(name));
    const spec = world.sets.get(key);
    if (spec !== undefined) {
      world.sets.set(key, how(spec));
    }
  };
  const given = (name: string): Record<string, unknown> | undefined => event[name] as Record<string, unknown> | undefined;
  const scale = given("scale");
  if (scale !== undefined) {
    change(scale.name, (spec) => ({ ...spec, replicas: Number(scale.replicas) }));
  }
  const image = given("image");
  if (image !== undefined) {
    change(image.set, (spec) => ({ ...spec, images: spec.images.map(() => String(image.image)) }));
  }
  const node = given("node");
  if (node !== undefined) {
    const name = String(node.name);
    world.nodes.set(name, { name, state: node.state === "down" ? "silent" : "up" });
  }
  const applied = given("apply") as KubernetesObject | undefined;
  const key = keyOf(applied?.metadata?.namespace, applied?.metadata?.name ?? "");
  if (applied?.kind === "StatefulSet") {
    const before = world.sets.get(key);
    const spec = specOf(applied);
    world.sets.set(key, applied.spec?.replicas === undefined && before ? { ...spec, replicas: before.replicas } : spec);
  } else if (applied?.kind === "Service") {
    world.services.set(key, applied);
  }
}

/** The Pods of a set in order of ordinals. */
export function podsOf(world: World, set: SetSpec): ReadonlyMap<number, Pod> {
  const pods = new Map<number, Pod>();
  for (const pod of world.pods.values()) {
    const ordinal = pod.namespace === set.namespace ? ordinalOf(set.name, pod.name) : undefined;
    if (ordinal !== undefined) {
      pods.set(ordinal, pod);
    }
  }
  return pods;
}
