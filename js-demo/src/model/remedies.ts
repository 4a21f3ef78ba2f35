// What a diagnosis proposes, as events of the story: a remedy that can be played is a button.

import type { Diagnosis, KubernetesObject, Proposal, Remedy, ScenarioEvent, Wait } from "steadfast";
import { nameOf, type SetSpec } from "./set.ts";
import { spanOf, type Story, withEvent } from "./story.ts";
import { switched, under } from "./versions.ts";
import type { Pod } from "./world.ts";

/** Something that can be tried at an instant. */
export interface Play {
  readonly label: string;
  /** The story in which it is done at this instant, in milliseconds. */
  readonly how: (story: Story, at: number) => Story;
  /** It is no event but another Kubernetes: the whole story is another one. */
  readonly isVersion?: true;
}

/** What is known at the instant. */
export interface Scene {
  readonly spec: SetSpec;
  readonly pods: ReadonlyMap<string, Pod>;
  /** What the controller waits for. */
  readonly waits: readonly Wait[];
  /** Everything that there is. */
  readonly objects: readonly KubernetesObject[];
  /** The images that the set had in the beginning. */
  readonly firstImages: readonly string[];
  readonly story: Story;
}

type Happening = Omit<ScenarioEvent, "at">;
type Values = Record<string, unknown>;

/** How a proposal is played, where it can be. */
export function playsOf({ actions, commands }: Proposal, scene: Scene): Play[] {
  const events = actions.length > 0 ? actions.flatMap((action) => eventsOf(action, scene) ?? [undefined]) : commands.map((command) => eventOf(command, scene));
  const done = events.filter((event) => event !== undefined);
  return done.length === 0 || done.length < events.length ? [] : [played("Play it", done)];
}

/** What else can be tried against a diagnosis: its remedies are advice to a person, who would do something like this. */
export function triesOf({ code, objects }: Diagnosis, scene: Scene): Play[] {
  const { spec, story } = scene;
  const set = nameOf(spec.namespace, spec.name);
  const named = (kind: string): string[] => objects.filter((one) => one.kind === kind).map(({ name }) => name);
  const pods = named("Pod");
  const image = scene.firstImages[0];
  const isOther = image !== undefined && spec.images[0] !== image;
  const back = isOther ? [played(`Roll the template back to ${image}`, [happening({ image: { set, image } }), ...(code === "RollbackTrap" ? pods.map((pod) => happening({ deletePod: nameOf(spec.namespace, pod) })) : [])])] : [];
  switch (code) {
    case "NodeLost":
      return named("Node").map((node) => played(`Bring ${node} back`, [happening({ node: { name: node, state: "up" } })]));
    case "RollbackTrap":
      return back;
    case "PodNotReady":
    case "ScaleDownBlocked":
      return [...back, ...pods.flatMap((pod) => mended(pod, scene)), ...(code === "ScaleDownBlocked" ? [scaled(scene)] : [])].filter((play) => play !== undefined);
    case "ParallelBudgetStuck":
      return [
        ...back,
        ...(story.kubernetes === "1.37" ? [] : [elsewhere("Play the story under 1.37", (from) => under(from, "1.37"))]),
        elsewhere("Play the story without the gate MaxUnavailableStatefulSet", (from) => switched(from, "MaxUnavailableStatefulSet", false)),
      ];
    case "PartitionOffset":
      return patched("Set the partition to 0", { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } }, scene);
    case "BudgetSerial":
      return patched("Set maxUnavailable to 1", { spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 1 } } } }, scene);
    case "GoverningService":
      return service(scene);
    case "ControllerStopped":
      return scene.waits.flatMap((wait) => corrected(wait, scene));
    default:
      return [];
  }
}

/** What would let a controller go on that has stopped at something. */
function corrected({ code, kind, name }: Wait, scene: Scene): Play[] {
  const full = nameOf(scene.spec.namespace, name);
  switch (code) {
    case "strategyDisabled":
      return [
        elsewhere("Play the story with the gate StatefulSetRecreateStrategy", (from) => switched(from, "StatefulSetRecreateStrategy", true)),
        ...patched("Use the strategy RollingUpdate", { spec: { updateStrategy: { type: "RollingUpdate" } } }, scene),
      ];
    case "maxUnavailableInvalid":
      return patched("Set maxUnavailable to 1", { spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 1 } } } }, scene);
    case "nameTaken":
    case "revisionUnreadable":
    case "revisionAdoption":
      return [played(`Delete the ${kind} ${name} that is in the way`, [happening({ delete: { kind, name: full } })])];
    default:
      return [];
  }
}

/** What would put right what is the matter with a Pod. */
function mended(name: string, { spec, pods, objects }: Scene): Play[] {
  const full = nameOf(spec.namespace, name);
  const pod = pods.get(`${spec.namespace}/${name}`);
  const status = pod?.status ?? "";
  if (/ImagePull/.test(status)) {
    const container = objects.find((one) => one.kind === "Pod" && one.metadata?.name === name)?.spec?.containers as readonly { readonly image?: string }[] | undefined;
    const image = container?.[0]?.image ?? spec.images[0] ?? "";
    return image === "" ? [] : [played(`Push the image ${image}`, [happening({ imagePulls: image })])];
  }
  if (status === "Pending" && spec.templates.length > 0) {
    return [played(`Bind the volumes of ${name}`, spec.templates.map((template) => happening({ volumeFreed: nameOf(spec.namespace, `${template}-${name}`) })))];
  }
  return pod === undefined || pod.terminating ? [] : [played(`Mend what ${name} needs`, [happening({ ready: full })])];
}

/** Back to as many replicas as there are Pods. */
function scaled({ spec, pods }: Scene): Play | undefined {
  const own = [...pods.values()].filter((pod) => pod.namespace === spec.namespace && pod.name.startsWith(`${spec.name}-`)).length;
  return own > spec.replicas ? played(`Scale back up to ${own}`, [happening({ scale: { name: nameOf(spec.namespace, spec.name), replicas: own } })]) : undefined;
}

function service({ spec, objects }: Scene): Play[] {
  const { namespace, serviceName: name } = spec;
  const set = objects.find((one) => one.kind === "StatefulSet" && one.metadata?.name === spec.name);
  const selector = (set?.spec?.template as { readonly metadata?: { readonly labels?: Values } } | undefined)?.metadata?.labels;
  const exists = objects.some((one) => one.kind === "Service" && one.metadata?.name === name && (one.metadata.namespace ?? "default") === namespace);
  const apply = { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec: { clusterIP: "None", selector } };
  return name === "" || exists || selector === undefined ? [] : [played(`Add the headless Service ${name}`, [happening({ apply })])];
}

function patched(label: string, patch: Values, scene: Scene): Play[] {
  const event = patchOf(patch, scene);
  return event === undefined ? [] : [played(label, [event])];
}

/** The events of a typed remedy; `undefined`: a story cannot play it. */
function eventsOf(action: Remedy, scene: Scene): (Happening | undefined)[] | undefined {
  const { spec } = scene;
  switch (action.type) {
    case "DeletePod":
      return [happening({ deletePod: nameOf(spec.namespace, action.pod) })];
    case "OrphanPods":
      return [happening({ delete: { kind: "StatefulSet", name: nameOf(spec.namespace, spec.name), cascade: "orphan" } })];
    case "RestartPods":
      return [patchOf({ spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "now" } } } } }, scene)];
    default:
      // RecreatePods among them: one Pod at a time, each once the one before is ready. A timeline has no such conditions.
      return undefined;
  }
}

/** The event of a command that `explain` gives; `undefined` where it is for looking, or is not known. */
function eventOf(command: string, scene: Scene): Happening | undefined {
  const { spec, objects } = scene;
  const [, verb = "", rest = ""] = /^kubectl ([a-z]+)(?: -n \S+)? (.*)$/.exec(command) ?? [];
  const [, pod, how = ""] = /^pod '?([\w.-]+)'?(.*)$/.exec(rest) ?? [];
  if (verb === "delete" && pod !== undefined) {
    return happening({ deletePod: how.includes("--force") ? { name: nameOf(spec.namespace, pod), grace: 0 } : nameOf(spec.namespace, pod) });
  }
  const [, replicas] = /^(?:statefulset|sts)[ /]\S+ --replicas[= ](\d+)$/.exec(rest) ?? [];
  if (verb === "scale" && replicas !== undefined) {
    return happening({ scale: { name: nameOf(spec.namespace, spec.name), replicas: Number(replicas) } });
  }
  const [, patch] = /^statefulset \S+ -p '(\{.*\})'$/.exec(rest) ?? [];
  if (verb === "patch" && patch !== undefined) {
    return patchOf(JSON.parse(patch) as Values, scene);
  }
  const [, name, key, value, effect] = /^nodes (\S+) ([^=\s]+)=([^:\s]*):(\w+)$/.exec(rest) ?? [];
  const node = objects.find((one) => one.kind === "Node" && one.metadata?.name === name);
  if (verb === "taint" && node !== undefined) {
    const taints = (node.spec as { readonly taints?: readonly unknown[] } | undefined)?.taints ?? [];
    return happening({ apply: merged(bare(node), { spec: { taints: [...taints, { key, value, effect }] } }) });
  }
  return undefined;
}

/** The set as it is with a merge patch, applied. */
function patchOf(patch: Values, { objects, spec }: Scene): Happening | undefined {
  const set = objects.find((one) => one.kind === "StatefulSet" && one.metadata?.name === spec.name && (one.metadata.namespace ?? "default") === spec.namespace);
  return set === undefined ? undefined : happening({ apply: merged(bare(set), patch) });
}

/** An object as somebody would have written it. */
function bare({ status: _, metadata, ...rest }: KubernetesObject & { readonly status?: unknown }): Values {
  const { name, namespace, labels, annotations } = (metadata ?? {}) as Values;
  return { ...rest, metadata: JSON.parse(JSON.stringify({ name, namespace, labels, annotations })) as Values };
}

function merged(value: unknown, patch: Values): Values {
  const into: Values = typeof value === "object" && value !== null && !Array.isArray(value) ? { ...(value as Values) } : {};
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) {
      delete into[key];
    } else {
      into[key] = typeof change === "object" && !Array.isArray(change) ? merged(into[key], change as Values) : change;
    }
  }
  return into;
}

/** The whole story under another Kubernetes. */
function elsewhere(label: string, how: (story: Story) => Story): Play {
  return { label, how, isVersion: true };
}

function played(label: string, events: readonly Happening[]): Play {
  return { label, how: (story, at) => events.reduce((so, event) => withEvent(so, { ...event, at: spanOf(Math.round(at)) } as ScenarioEvent), story) };
}

function happening(event: object): Happening {
  return event as Happening;
}
