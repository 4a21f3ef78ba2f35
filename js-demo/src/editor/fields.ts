// Completion and documentation of the fields that bear on a StatefulSet's behaviour.

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { hoverTooltip, type EditorView } from "@codemirror/view";
import { h } from "../view/dom.ts";

interface Field {
  readonly name: string;
  /** The field it stands in; empty: the object itself. */
  readonly within: string;
  readonly says: string;
  readonly values?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: "apiVersion", within: "", says: "Group and version of the API: apps/v1 for a StatefulSet, v1 for a Service.", values: ["apps/v1", "v1", "policy/v1"] },
  { name: "kind", within: "", says: "What kind of object this is.", values: ["StatefulSet", "Service", "PodDisruptionBudget", "StorageClass"] },
  { name: "metadata", within: "", says: "Name, namespace, labels and annotations." },
  { name: "spec", within: "", says: "What is asked for; the status says how far that is." },
  { name: "name", within: "metadata", says: "The set's name. Its Pods are NAME-0, NAME-1 …; keep it to 52 characters, so that its revisions fit into a label." },
  { name: "namespace", within: "metadata", says: "Where the object lives. Default: default." },
  { name: "labels", within: "metadata", says: "Labels by which selectors find the object." },
  { name: "annotations", within: "metadata", says: "Notes that no selector reads." },
  { name: "replicas", within: "spec", says: "How many Pods. Default 1. Scaling down takes the highest ordinals first." },
  { name: "serviceName", within: "spec", says: "The headless Service that gives each Pod its DNS name, such as web-0.web. It cannot be changed." },
  { name: "selector", within: "spec", says: "Which Pods belong to the set. It must match the template's labels, and cannot be changed." },
  { name: "matchLabels", within: "selector", says: "Labels that all must be there." },
  { name: "template", within: "spec", says: "What each Pod is made from. A change of it is a new revision, and Pods are replaced as the update strategy says." },
  { name: "podManagementPolicy", within: "spec", says: "OrderedReady: a Pod is made when all before it are ready. Parallel: all at once. It cannot be changed.", values: ["OrderedReady", "Parallel"] },
  { name: "minReadySeconds", within: "spec", says: "How long a Pod must be ready before it counts as available. Default 0." },
  { name: "revisionHistoryLimit", within: "spec", says: "How many revisions that no Pod has are kept. Default 10." },
  { name: "ordinals", within: "spec", says: "Where counting begins." },
  { name: "start", within: "ordinals", says: "The lowest ordinal. Default 0." },
  { name: "persistentVolumeClaimRetentionPolicy", within: "spec", says: "What becomes of claims when the set is scaled down or deleted. Default: they are kept." },
  { name: "whenScaled", within: "persistentVolumeClaimRetentionPolicy", says: "Retain: claims outlive scaling down. Delete: they go with their Pod, and the data with them.", values: ["Retain", "Delete"] },
  { name: "whenDeleted", within: "persistentVolumeClaimRetentionPolicy", says: "Retain: claims outlive the set. Delete: they go with it.", values: ["Retain", "Delete"] },
  { name: "updateStrategy", within: "spec", says: "How Pods get a new template." },
  { name: "type", within: "updateStrategy", says: "RollingUpdate: from the highest ordinal down. OnDelete: when somebody deletes a Pod. Recreate (1.37, behind a gate): all at once.", values: ["RollingUpdate", "OnDelete", "Recreate"] },
  { name: "rollingUpdate", within: "updateStrategy", says: "Details of RollingUpdate." },
  { name: "partition", within: "rollingUpdate", says: "Pods below this offset from ordinals.start keep the revision they have: a canary. Default 0." },
  { name: "maxUnavailable", within: "rollingUpdate", says: "How many Pods may be down at once during an update, a number or a percentage. Honoured behind a gate; see the versions." },
  { name: "volumeClaimTemplates", within: "spec", says: "A claim for each Pod from each of these, named TEMPLATE-SET-ORDINAL. They cannot be changed." },
  { name: "accessModes", within: "spec", says: "How the volume is mounted.", values: ["[ReadWriteOnce]", "[ReadWriteOncePod]", "[ReadWriteMany]"] },
  { name: "storageClassName", within: "spec", says: "Which class makes the volume. Default: the cluster's default class." },
  { name: "resources", within: "spec", says: "What is asked for, such as requests.storage." },
  { name: "containers", within: "spec", says: "The containers of each Pod." },
  { name: "initContainers", within: "spec", says: "Containers that run to their end, one after the other, before the others start." },
  { name: "terminationGracePeriodSeconds", within: "spec", says: "How long a Pod may take to stop. Default 30. The next ordinal waits for it." },
  { name: "image", within: "containers", says: "What runs. An image that cannot be pulled stops an ordered rollout at this Pod." },
  { name: "ports", within: "containers", says: "Ports that are documented; probes may name them." },
  { name: "readinessProbe", within: "containers", says: "When a Pod counts as ready: the next ordinal waits for it, and DNS answers with it." },
  { name: "initialDelaySeconds", within: "readinessProbe", says: "How long the first probe waits. The simulator takes it as the time until the Pod is ready." },
  { name: "periodSeconds", within: "readinessProbe", says: "How often it is probed. Default 10." },
  { name: "volumeMounts", within: "containers", says: "Where volumes appear; a claim template's volume has the template's name." },
  { name: "clusterIP", within: "spec", says: "None makes a Service headless: its name answers with the Pods themselves.", values: ["None"] },
  { name: "publishNotReadyAddresses", within: "spec", says: "true: DNS answers with Pods before they are ready, as members of a quorum need it to find each other.", values: ["true", "false"] },
];

/** Fields that can stand here, and the values of the field on this line. */
export function complete(context: CompletionContext): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const value = /^\s*(?:- )?([A-Za-z]+):\s+(\S*)$/.exec(before);
  if (value !== null) {
    const field = FIELDS.find(({ name, values }) => name === value[1] && values !== undefined);
    const options = field?.values?.map((label): Completion => ({ label, type: "constant" }));
    return options === undefined ? null : { from: context.pos - (value[2]?.length ?? 0), options };
  }
  const key = /^(\s*(?:- )?)([A-Za-z]*)$/.exec(before);
  if (key === null || (!context.explicit && key[2] === "")) {
    return null;
  }
  const parent = parentOf(context.state.doc.toString().split("\n"), line.number - 1, (key[1] ?? "").length);
  const here = FIELDS.filter(({ within }) => within === parent);
  const options = here.map((field): Completion => ({ label: field.name, apply: `${field.name}: `, info: field.says, type: "property" }));
  return { from: context.pos - (key[2]?.length ?? 0), options, validFor: /^[A-Za-z]*$/ };
}

/** What a field means, when one points at it. */
export const documentation = hoverTooltip((view: EditorView, position: number) => {
  const line = view.state.doc.lineAt(position);
  const [, lead = "", name = ""] = /^(\s*(?:- )?)([A-Za-z]+):/.exec(line.text) ?? [];
  const from = line.from + lead.length;
  if (name === "" || position < from || position > from + name.length) {
    return null;
  }
  const parent = parentOf(view.state.doc.toString().split("\n"), line.number - 1, lead.length);
  const field = FIELDS.find((one) => one.name === name && one.within === parent) ?? FIELDS.find((one) => one.name === name && parent !== "metadata");
  return field === undefined ? null : { pos: from, end: from + name.length, above: true, create: () => ({ dom: h("div", { class: "tip" }, h("strong", {}, name), ` ${field.says}`) }) };
});

/** The key of the nearest line above that is indented less. */
function parentOf(lines: readonly string[], at: number, indent: number): string {
  for (let line = at - 1; line >= 0; line -= 1) {
    const [, lead = "", name] = /^(\s*(?:- )?)([A-Za-z]+):/.exec(lines[line] ?? "") ?? [];
    if (lines[line]?.startsWith("---") === true) {
      return "";
    }
    if (name !== undefined && lead.trimEnd().length < indent && lead.length < indent) {
      return name;
    }
  }
  return "";
}
