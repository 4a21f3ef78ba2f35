// What goes in and what comes out, exactly as it is written in JSON.
//
// Made from the Rust types: do not edit. After a change of theirs, write it anew with
//     STEADFAST_REWRITE=1 cargo test -p steadfast-tests --test typescript

// Objects -----------------------------------------------------------------------------------------

/** Any value that JSON can write. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** A mapping of names to values. */
export type JsonObject = { [field: string]: JsonValue };

/**
 * An object of Kubernetes' API: a literal, what an API server answered, or an object of a client
 * library such as @kubernetes/client-node.
 */
export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata?: KubernetesMetadata;
  spec?: any;
  status?: any;
  // Not `unknown`: TypeScript would take no instance of a class, such as client-node's V1Pod.
  [field: string]: any;
}

/** `metadata` of a {@link KubernetesObject}. Times may be `Date`s, which JSON writes as text. */
export interface KubernetesMetadata {
  name?: string;
  namespace?: string;
  uid?: string;
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  creationTimestamp?: string | Date;
  deletionTimestamp?: string | Date;
  ownerReferences?: readonly KubernetesOwnerReference[];
  [field: string]: any;
}

/** An entry of `metadata.ownerReferences`. */
export interface KubernetesOwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Feature gates under Kubernetes' names, and whether they are on. */
export type FeatureGates = { [gate in Gate]?: boolean };

/** A condition of a StatefulSet's status. */
export interface Condition {
  type: string;
  status: string;
  lastTransitionTime?: string | null;
  reason?: string;
  message?: string;
  [field: string]: unknown;
}

// An observation ----------------------------------------------------------------------------------

/** An observation as it is written. A list that is absent is unknown; an empty one is empty. */
export type Observation = {
  /** When it was observed. */
  now?: string;
  /** The StatefulSet, as an API server returns it. */
  statefulSet: KubernetesObject;
  /** Pods of the namespace; required to reconcile. */
  pods?: readonly KubernetesObject[];
  /** Claims of the namespace; required to reconcile. */
  persistentVolumeClaims?: readonly KubernetesObject[];
  /** All revisions of the namespace; required to reconcile. */
  controllerRevisions?: readonly KubernetesObject[];
  /** Services of the namespace. */
  services?: readonly KubernetesObject[];
  /** EndpointSlices of the namespace. */
  endpointSlices?: readonly KubernetesObject[];
  /** Nodes. */
  nodes?: readonly KubernetesObject[];
  /** PodDisruptionBudgets of the namespace. */
  podDisruptionBudgets?: readonly KubernetesObject[];
  /** Other controllers of the namespace, such as Deployments. */
  workloads?: readonly KubernetesObject[];
};

/** A Kubernetes version with its feature gates. */
export type Profile = {
  /** The version, such as `1.37` or `1.35.0`. */
  kubernetes: string;
  /** Gates that are not as the version has them. */
  featureGates?: FeatureGates;
};

/** The feature gates that bear on a StatefulSet, under their upstream names. */
export type Gate =
  /** `maxUnavailable` of a rolling update is honoured (KEP-961). */
  | "MaxUnavailableStatefulSet"
  /** No new revision where the newest one means the same (k/k#134773). */
  | "StatefulSetSemanticRevisionComparison"
  /** The update strategy `Recreate` and the Progressing condition (KEP-3541). */
  | "StatefulSetRecreateStrategy"
  /** The controller waits until its caches have seen its own writes: a matter for hosts. */
  | "StaleControllerConsistencyStatefulSet"
  /** A Service's name may begin with a digit: a matter for admission. */
  | "RelaxedServiceNameValidation"
  /** `spec.ordinals` (KEP-3335), locked on. */
  | "StatefulSetStartOrdinal"
  /** `spec.persistentVolumeClaimRetentionPolicy` (KEP-1847), locked on. */
  | "StatefulSetAutoDeletePVC"
  /** The label `apps.kubernetes.io/pod-index` (KEP-4017), locked on. */
  | "PodIndexLabel";

// A plan ------------------------------------------------------------------------------------------

/**
 * All that must happen next for one StatefulSet, as a value.
 *
 * A host executes `actions` batch by batch, writes `status` if `statusChanged`, and calls again
 * when an object changes, after `requeueAfterSeconds`, or, where a wait says `retry`, after a
 * backoff of 5 ms doubling to 1,000 s.
 */
export type Plan = {
  /** What to do, in upstream's order. */
  actions: Action[];
  /** What is not done yet, and for what it waits. */
  waits: Wait[];
  /** The whole status after this plan; absent: nothing is to be written. */
  status?: Status;
  /** False: the status stands already and is not to be written. */
  statusChanged: boolean;
  /**
   * Deletes of the update pass that are no actions, because an earlier pass deletes the same Pod;
   * each by how many of the update pass's actions come before it. They count as made.
   */
  repeatedDeletes?: number[];
  /** When to call again although nothing changed; absent: nothing is due. */
  requeueAfterSeconds?: number;
};

/** One write to the API server. */
export type Action = {
  /** The name in the request's URL. */
  name: string;
  /** The Pod on whose behalf: actions of one Pod keep their order even inside a batch. */
  pod?: string;
  /** The batch, counted from 0: inside one, the actions of different Pods may run at once. */
  batch: number;
  /** Why. */
  reason: Reason;
} & Operation;

/** What an `Action` writes, with what is needed to write it. */
export type Operation =
  | {
      /** POST the complete Pod. */
      type: "CreatePod";
      /** The Pod, with apiVersion and kind. */
      object: KubernetesObject;
    }
  | {
      /** PUT the complete Pod, with the resourceVersion that was observed. */
      type: "UpdatePod";
      /** The Pod, with apiVersion and kind. */
      object: KubernetesObject;
    }
  | {
      /** DELETE the Pod. */
      type: "DeletePod";
      /** The UID as precondition; absent for a Pod that this very plan creates. */
      uid?: string;
    }
  | {
      /** PATCH an orphan to take control of it. */
      type: "AdoptPod";
      /** A strategic merge patch. */
      patch: JsonObject;
    }
  | {
      /** PATCH a Pod that no longer belongs to the set to give up control of it. */
      type: "ReleasePod";
      /** A strategic merge patch. */
      patch: JsonObject;
    }
  | {
      /** POST the complete claim. */
      type: "CreatePersistentVolumeClaim";
      /** The claim, with apiVersion and kind. */
      object: KubernetesObject;
    }
  | {
      /** PUT the complete claim, with the resourceVersion that was observed. */
      type: "UpdatePersistentVolumeClaim";
      /** The claim, with apiVersion and kind. */
      object: KubernetesObject;
    }
  | {
      /** POST the complete revision. */
      type: "CreateControllerRevision";
      /** The revision, with apiVersion and kind. */
      object: KubernetesObject;
    }
  | {
      /** PUT the revision with its new number. */
      type: "UpdateControllerRevision";
      /** The revision, with apiVersion and kind. */
      object: KubernetesObject;
    }
  | {
      /** DELETE the revision. */
      type: "DeleteControllerRevision";
      /** The UID as precondition. */
      uid?: string;
    }
  | {
      /** PATCH an orphan to take control of it. */
      type: "AdoptControllerRevision";
      /** A strategic merge patch. */
      patch: JsonObject;
    };

/** Why an action is taken: the rule that asks for it, with the facts that it was judged by. */
export type Reason =
  | {
      /** CreatePod: an ordinal in range has no Pod. */
      code: "replicaMissing";
      /** The revision that the Pod is made from. */
      revision: string;
    }
  | {
      /** DeletePod: the ordinal is out of range. */
      code: "scaleDown";
      /** The Pod's ordinal. */
      ordinal: number;
    }
  | {
      /** DeletePod: the Pod has not the update revision. */
      code: "rollingUpdate";
      /** The Pod's revision; empty where its label is absent. */
      from: string;
      /** The update revision. */
      to: string;
    }
  | {
      /** DeletePod: strategy Recreate, and the Pod has not the update revision. */
      code: "recreate";
      /** The Pod's revision; empty where its label is absent. */
      from: string;
      /** The update revision. */
      to: string;
    }
  | {
      /** DeletePod: the Pod is Failed or Succeeded and is to be replaced. */
      code: "terminalPhase";
      /** The Pod's phase. */
      phase: "Failed" | "Succeeded";
    }
  | {
      /** CreatePersistentVolumeClaim: a Pod needs it and it is not there. */
      code: "claimMissing";
      /** The name of the claim template. */
      template: string;
    }
  | {
      /**
       * UpdatePersistentVolumeClaim: its owner references are not what the retention policy asks
       * for.
       */
      code: "claimRetention";
      /** `Retain` or `Delete`. */
      whenScaled: "Retain" | "Delete";
      /** `Retain` or `Delete`. */
      whenDeleted: "Retain" | "Delete";
      /** True where the Pod's ordinal is out of range. */
      condemned: boolean;
    }
  | {
      /** UpdatePod: what of the Pod does not match the set. */
      code: "podMismatch";
      /** The name, or the label `statefulset.kubernetes.io/pod-name`. */
      identity: boolean;
      /** The volumes of the claim templates. */
      storage: boolean;
      /** The owner references of its claims; the Pod itself is written unchanged for these. */
      claimOwners: boolean;
    }
  | {
      /** AdoptPod, AdoptControllerRevision: it has no controller, and the selector matches. */
      code: "orphan";
    }
  | {
      /** ReleasePod: the selector no longer matches its labels. */
      code: "selectorMismatch";
    }
  | {
      /** ReleasePod: its name is not one of this set. */
      code: "nameMismatch";
    }
  | {
      /** CreateControllerRevision: no revision holds this template. */
      code: "newTemplate";
      /** How many names were taken by other data. */
      collisions: number;
    }
  | {
      /**
       * UpdateControllerRevision: an earlier revision holds this template, and becomes the newest.
       */
      code: "rollback";
      /** The number it had. */
      from: number;
      /** The number it gets. */
      to: number;
    }
  | {
      /**
       * DeleteControllerRevision: no Pod has it, and there are more than `revisionHistoryLimit`.
       */
      code: "historyLimit";
      /** The limit. */
      limit: number;
    };

/** Something that is not done yet because of a named object. */
export type Wait = {
  /** What is awaited. */
  code: WaitCode;
  /** The kind of the blocker. */
  kind: Kind;
  /** The name of the blocker. */
  name: string;
  /** The Pod that is held back by it, where it is one. */
  pod?: string;
  /**
   * All the Pods that are awaited (`maxUnavailable`), held (`partition`) or left to a person
   * (`manualDelete`), in order of ordinals.
   */
  pods?: string[];
  /** When it will be over, where that is known. */
  until?: string;
  /** True where upstream would return an error: call again after a backoff. */
  retry: boolean;
  /** What is wrong, for waits on something that cannot be read. */
  detail?: string;
};

/** What is awaited. */
export type WaitCode =
  /** A Pod to be Running and Ready. */
  | "podRunningAndReady"
  /** A ready Pod to have been so for minReadySeconds. */
  | "podAvailable"
  /** A terminating Pod to be gone. */
  | "podTermination"
  /** A terminating claim to be gone; creation is retried. */
  | "claimTermination"
  /** A claim that belongs to an earlier Pod of the same name to be gone. */
  | "claimStale"
  /** Another object to give up a name. */
  | "nameTaken"
  /** The partition to be lowered: older Pods below it are kept. */
  | "partition"
  /** Pods to become available: the budget of maxUnavailable is used up. */
  | "maxUnavailable"
  /** A person to delete the Pods of strategy OnDelete. */
  | "manualDelete"
  /** The set itself to be gone. */
  | "setDeletion"
  /** The set's deletion is in the way of adopting an orphan revision. */
  | "revisionAdoption"
  /** The selector to be corrected. */
  | "selectorInvalid"
  /** A revision's data to be restored. */
  | "revisionUnreadable"
  /** The feature gate StatefulSetRecreateStrategy to be switched on, or another strategy. */
  | "strategyDisabled"
  /** `spec.updateStrategy.rollingUpdate.maxUnavailable` to be corrected. */
  | "maxUnavailableInvalid"
  /** The plan is as long as a plan gets: execute it and call again. */
  | "planLimit";

/** The kinds that actions and waits speak of. */
export type Kind =
  /** apps/v1 StatefulSet. */
  | "StatefulSet"
  /** v1 Pod. */
  | "Pod"
  /** v1 PersistentVolumeClaim. */
  | "PersistentVolumeClaim"
  /** apps/v1 ControllerRevision. */
  | "ControllerRevision";

/**
 * `StatefulSetStatus` of apps/v1. Counters are signed and never clamped: upstream can count
 * `currentReplicas` below zero, which an API server then refuses.
 *
 * Fields stand and are left out as in `k8s.io/api/apps/v1/types.go`.
 */
export type Status = {
  /** The generation of the set that this status speaks of. */
  observedGeneration?: number;
  /** Pods that exist. */
  replicas: number;
  /** Pods that are Running and Ready. */
  readyReplicas?: number;
  /** Pods of the current revision that are not terminating. */
  currentReplicas?: number;
  /** Pods of the update revision that are not terminating. */
  updatedReplicas?: number;
  /** The name of the revision before the update. */
  currentRevision?: string;
  /** The name of the revision that the update leads to. */
  updateRevision?: string;
  /** How many revision names were taken by other data. */
  collisionCount?: number;
  /** Conditions as they were written, in their order. */
  conditions?: Condition[];
  /** Ready Pods that have been so for minReadySeconds. */
  availableReplicas: number;
};

// Errors ------------------------------------------------------------------------------------------

/** Why an input could not be used, in the form that every host prints. */
export type Failure = {
  /** What kind of error this is. */
  code: ErrorCode;
  /** A lower-case sentence that says what is wrong and, where there is one, the remedy. */
  message: string;
  /** The fields at fault; empty where the input as a whole is. */
  causes: Cause[];
};

/** The kinds of `Failure`. */
export type ErrorCode =
  /** The text is not YAML or JSON, or is cut off. */
  | "unreadable"
  /** An object of another kind than the one needed. */
  | "wrongKind"
  /** More than one object could be meant. */
  | "ambiguous"
  /** A field has a value that an API server would never have returned. */
  | "invalid"
  /** More than what can be worked on. */
  | "tooLarge"
  /** An unknown Kubernetes version or feature gate, or a locked gate flipped. */
  | "profile"
  /** Something that the question needs is absent. */
  | "missing";

/** One field at fault; `field` and `type` are the API server's own words. */
export type Cause = {
  /** The field's path, as in `spec.template.spec.containers[0].image`. */
  field: string;
  /** The API server's cause type, as in `FieldValueInvalid`. */
  type: CauseType;
  /** What is wrong with it. */
  detail: string;
  /** The value found, where showing it helps. */
  value?: JsonValue;
  /** The line in the text, from 1, where the text is known. */
  line?: number;
  /** The column in that line, from 1. */
  column?: number;
};

/**
 * The API server's cause types (`apimachinery/pkg/apis/meta/v1`, `CauseType`) that the core uses.
 */
export type CauseType =
  /** The field is absent and must not be. */
  | "FieldValueRequired"
  /** The value has the right JSON type and a content that is refused. */
  | "FieldValueInvalid"
  /** The value has the wrong JSON type. */
  | "FieldValueTypeInvalid"
  /** The value is none of those that are known. */
  | "FieldValueNotSupported"
  /** The value is there and must not be. */
  | "FieldValueForbidden"
  /** The value appears twice. */
  | "FieldValueDuplicate"
  /** The value names something that is not there. */
  | "FieldValueNotFound"
  /** The text is longer than it may be. */
  | "FieldValueTooLong"
  /** The list has more entries than it may have. */
  | "FieldValueTooMany"
  /** Upstream could not find out. */
  | "InternalError";

// A text that was read ----------------------------------------------------------------------------

/** Something in a document that Go reads without a word. */
export type Notice = {
  /** What it is. */
  code: NoticeCode;
  /** The same as a sentence, in lower case. */
  message: string;
  /** The field's path in the document; empty where no field is meant. */
  field: string;
  /** Where. */
  position: Position;
};

/** The kinds of `Notice`. */
export type NoticeCode =
  /**
   * A key stands twice in one object and its last value counts. An API server that decodes the text
   * itself with `fieldValidation=Strict` refuses this.
   */
  | "duplicateKey"
  /** Content after the first document that no `---` line separates from it, which nothing reads. */
  | "ignoredContent";

/** Where a field stands. */
export type Location = {
  /** Its key; absent for the items of a list and for a whole document. */
  key?: TextSpan;
  /** Its value, past an anchor or tag. An alias starts at its `*`. */
  value: TextSpan;
};

/** A stretch of the input: from `start` up to, and without, `end`. */
export type TextSpan = {
  /** The first character. */
  start: Position;
  /** The first character after it. */
  end: Position;
};

/** A place in the input, for people: both numbers start at 1. */
export type Position = {
  /** The line in the whole input, not in the document. */
  line: number;
  /** The column, in Unicode characters. */
  column: number;
};

// What an API server would say --------------------------------------------------------------------

/** What was found in one text. */
export type Linted = {
  /** The StatefulSets, in the order of the text. */
  sets: LintedSet[];
  /** What is to be said, in the order of the text. */
  findings: Finding[];
  /**
   * The kinds of the objects that were passed over, each once, in order of name. Services are read,
   * and not among them.
   */
  passedOver: string[];
};

/** A StatefulSet of a text. */
export type LintedSet = {
  /** Its namespace; `default` where it names none. */
  namespace: string;
  /** Its name. */
  name: string;
  /** The line on which it begins. */
  line?: number;
  /**
   * What an API server would store, were nothing wrong; absent where a value has the wrong type.
   */
  object?: JsonValue;
  /** The name of the revision that its template makes. */
  revision?: string;
  /**
   * Paths of fields that are set and whose rules this release does not know: an API server may
   * refuse them.
   */
  unchecked: string[];
};

/** Something that an API server would say, or that a reader of the input should know. */
export type Finding = {
  /** How bad it is. */
  severity: Severity;
  /** Which rule it is about. */
  rule: Rule;
  /** The set, as `NAMESPACE/NAME`; absent where the text itself is at fault. */
  object?: string;
  /** The field's path in the object; empty where the whole is meant. */
  field: string;
  /** What is wrong: the API server's own words where it says so too. */
  message: string;
  /** What to do, where that can be said; for people. */
  remedy?: string;
  /** What to point at in the text. */
  span?: TextSpan;
};

/** How bad a finding is. */
export type Severity =
  /** Good to know; no API server speaks of it. */
  | "note"
  /** An API server would take the object and warn of it. */
  | "warning"
  /** An API server would refuse it. */
  | "error";

/** The rules: the API server's types of errors, its warnings, and those of this linter. */
export type Rule =
  /** The text is not YAML or JSON. */
  | "Unreadable"
  /** A document that has everything of an object but its kind. */
  | "NotAnObject"
  /** A StatefulSet of an API version that no API server serves any more. */
  | "WrongVersion"
  /** `FieldValueRequired`. */
  | "FieldValueRequired"
  /** `FieldValueInvalid`. */
  | "FieldValueInvalid"
  /** `FieldValueTypeInvalid`. */
  | "FieldValueTypeInvalid"
  /** `FieldValueNotSupported`. */
  | "FieldValueNotSupported"
  /** `FieldValueForbidden`. */
  | "FieldValueForbidden"
  /** `FieldValueDuplicate`. */
  | "FieldValueDuplicate"
  /** `FieldValueNotFound`. */
  | "FieldValueNotFound"
  /** `FieldValueTooLong`. */
  | "FieldValueTooLong"
  /** `FieldValueTooMany`. */
  | "FieldValueTooMany"
  /** `InternalError`. */
  | "InternalError"
  /** A field that this version of Kubernetes does not know; it is dropped. */
  | "UnknownField"
  /** A key that stands twice in one mapping; the last value counts. */
  | "DuplicateField"
  /** Content that no reader sees, because no `---` line comes before it. */
  | "IgnoredContent"
  /** Any other warning of the API server. */
  | "Warning"
  /** The Service that `spec.serviceName` names does not give the Pods their names. */
  | "GoverningService";

// A difference ------------------------------------------------------------------------------------

/** The difference between two sets. */
export type Diff = {
  /**
   * What changes, in order of paths as the API's types have them. Compared are the labels and other
   * metadata that people write, and the spec; not the status, nor what a server fills in.
   */
  changes: Change[];
  /** What is written differently and means the same. */
  equal: Phantom[];
  /** Whether an API server takes the new set. */
  allowed: boolean;
  /** What it refuses, in its own words. */
  errors: Cause[];
  /** What it warns of; it does so only where it takes the set. */
  warnings: string[];
  /** Paths of fields whose rules are not known here: an API server may refuse them. */
  unchecked: string[];
  /** The name of the old template's revision; absent where the set has no name. */
  oldRevision?: string;
  /** The name of the new template's revision; the same where it is the same template. */
  newRevision?: string;
  /**
   * Whether the template is another one, and so gets a revision of its own. One that the history
   * still holds, as on the way back, becomes the newest again.
   */
  makesRevision: boolean;
  /**
   * What becomes of the Pods once the new set is taken; all of them are supposed to have the old
   * revision.
   */
  pods: PodFates;
};

/** A field that changes. */
export type Change = {
  /**
   * The path as the API server writes it. Items of a list are those with the same merge key; their
   * index is that in the new list, of removed ones that in the old list.
   */
  field: string;
  /** How. */
  kind: ChangeKind;
  /** The old value, defaults included; of a list in another order its keys. */
  old?: JsonValue;
  /** The new value, in the same way. */
  new?: JsonValue;
  /**
   * False where the API server refuses it: the field cannot be changed, or one of its errors stands
   * at the field, in it or around it.
   */
  allowed: boolean;
  /** Whether it makes a new revision. */
  revision: boolean;
  /** Whether Pods restart because of it, once it is taken. */
  restarts: Restarts;
  /** The line in the new manifest, from 1, where its text is known and has the field. */
  line?: number;
  /** The column in that line, from 1. */
  column?: number;
  /** What to point at in the new manifest's text, where a host that has it says so. */
  span?: TextSpan;
};

/** How a field changes. */
export type ChangeKind =
  /** It was not there. */
  | "added"
  /** It is there no more. */
  | "removed"
  /** It has another value. */
  | "changed"
  /** Items of the list stand in another order. */
  | "reordered";

/** A field that is written differently and means the same. */
export type Phantom = {
  /** The path. */
  field: string;
  /** Why it is the same. */
  reason: PhantomReason;
  /** What is written in the old set. */
  old?: JsonValue;
  /** What is written in the new set. */
  new?: JsonValue;
};

/** Why two texts mean the same. */
export type PhantomReason =
  /** One leaves out what it gets by default, or writes what is as good as absent. */
  | "defaulted"
  /** Two ways to write one value, such as `1024Mi` and `1Gi`. */
  | "sameValue"
  /** The API server drops it: this version does not know the field, or its feature is off. */
  | "dropped";

/** What becomes of the Pods, by ordinals. */
export type PodFates = {
  /** Those that restart by themselves. */
  restarted?: Ordinals;
  /**
   * Those that have the old template in the end because they stand below the partition, new ones
   * among them.
   */
  held?: Ordinals;
  /** Those that keep it until somebody deletes them (OnDelete). */
  byHand?: Ordinals;
  /** Those that are new. */
  created?: Ordinals[];
  /** Those that go. */
  deleted?: Ordinals[];
  /** Whether the claims of those that go are deleted with their data (`whenScaled: Delete`). */
  claimsDeleted?: boolean;
};

/**
 * Whether Pods restart because of a change. A Pod that restarts is deleted, and made anew with the
 * same name and claims.
 */
export type Restarts =
  /** No Pod is touched. */
  | "none"
  /**
   * RollingUpdate: the Pods from ordinal `start + partition` upwards restart, the highest first.
   */
  | "rolling"
  /**
   * RollingUpdate, and every Pod stands below `start + partition`: none restarts until the
   * partition is lowered.
   */
  | "heldByPartition"
  /** OnDelete: a Pod gets the new template when somebody deletes it, and not before. */
  | "onDelete"
  /** Recreate: all Pods are deleted, and then all made anew. */
  | "recreate"
  /** Nothing restarts; Pods are created or deleted, because the range of ordinals is another. */
  | "scaling"
  /**
   * The old strategy may have left Pods at an earlier revision (below the partition, or under
   * OnDelete): those restart, where there are any.
   */
  | "heldPods";

/** A run of ordinals, both ends included. */
export type Ordinals = {
  /** The lowest. */
  first: number;
  /** The highest. */
  last: number;
};

/** How to make a change that an API server does not allow, and what speaks against it. */
export type Runbook = {
  /** Whether to follow it. */
  advice: Advice;
  /** What to do, in order; nothing where that would be harmful. */
  steps: RunbookStep[];
  /**
   * What suggests itself and must not be done, where that is so: it is here so that a simulator can
   * show what comes of it.
   */
  avoid?: Remedy[];
  /** What speaks against it, or must be minded. */
  risks: Risk[];
};

/** Whether to follow a runbook. */
export type Advice =
  /** It does what the new manifest asks for. */
  | "recommended"
  /**
   * The API server then takes the new manifest, but what exists stays as it is; the risks say what.
   */
  | "partial"
  /** It does harm: change the manifest instead. */
  | "harmful";

/** A step of a runbook. */
export type RunbookStep = {
  /** The same as a clause for people. */
  sentence: string;
  /** The same as commands for a POSIX shell. */
  commands: string[];
} & Remedy;

/** One thing to do, by a person with kubectl. */
export type Remedy =
  | {
      /** See that a storage class lets volumes grow (`allowVolumeExpansion`), and make it so. */
      type: "AllowVolumeExpansion";
      /** The class; absent: the one that the claims have, which the set leaves to the cluster. */
      storageClass?: string;
      /** A claim that has the class, such as `data-web-0`. */
      claim: string;
    }
  | {
      /**
       * Ask for larger volumes: `spec.resources.requests.storage` of the claims of one claim
       * template.
       */
      type: "ResizeClaims";
      /** The claim template's name. */
      template: string;
      /** The new size, such as `20Gi`. */
      storage: string;
      /** The first ordinal. */
      start: number;
      /** How many ordinals. */
      replicas: number;
    }
  | {
      /** Delete the set and leave its Pods running, without a controller (`--cascade=orphan`). */
      type: "OrphanPods";
    }
  | {
      /** Apply the new manifest. */
      type: "Apply";
    }
  | {
      /**
       * Restart all Pods as a rolling update does, by a new annotation in the template (`kubectl
       * rollout restart`).
       */
      type: "RestartPods";
    }
  | {
      /**
       * Delete the Pods one by one, from the lowest ordinal up, each once the one before is ready
       * again.
       */
      type: "RecreatePods";
      /** The first ordinal. */
      start: number;
      /** How many ordinals. */
      replicas: number;
    }
  | {
      /** Delete one Pod; its claims stay. */
      type: "DeletePod";
      /** The Pod's name. */
      pod: string;
    };

/** Something that may go wrong, or will. */
export type Risk = {
  /** What kind of risk. */
  code: RiskCode;
  /** The sentence. */
  message: string;
};

/** The kinds of `Risk`. */
export type RiskCode =
  /** For a while the Pods have no controller. */
  | "noController"
  /** Volumes can only grow where their driver can. */
  | "volumesMayNotGrow"
  /** Claims cannot shrink. */
  | "claimsCannotShrink"
  /** Claims that are there keep what their template no longer says. */
  | "claimsKeepFields"
  /** Claims stay and are not used any more. */
  | "claimsLeft"
  /** Pods get new, empty claims, and the data stays in the old ones. */
  | "dataLeftBehind"
  /** Claims are deleted with their data. */
  | "claimsLost"
  /** The controller cannot work with the Pods, because their volumes cannot be changed. */
  | "adoptionWedge"
  /** The new set does not adopt the Pods. */
  | "podsNotAdopted"
  /** Pods restart. */
  | "podsRestart"
  /** Pods are deleted, because the new set has other ordinals. */
  | "podsDeleted"
  /** Pods keep their old subdomain, and so their old DNS names. */
  | "oldSubdomain"
  /** The new set is refused when it is made: the old one would be gone. */
  | "createRefused"
  /**
   * Pods below the partition keep their old revision only until they go: the new set does not know
   * it as its own.
   */
  | "heldRevisionLost"
  /** The new set gets stuck. */
  | "blocked"
  /** The set is stuck already, and stays so. */
  | "stillBlocked";

// Why a set is as it is ---------------------------------------------------------------------------

/** Why a set is as it is. */
export type Explanation = {
  /** How far it has come. */
  progress: Progress;
  /** The ordinals that should have a Pod, and those whose Pod should go, in order. */
  ordinals: OrdinalState[];
  /** What is wrong or worth knowing, the worst first. */
  diagnoses: Diagnosis[];
  /**
   * What could not be judged, because the observation says nothing about it: names of its lists.
   */
  unseen: string[];
};

/** How far a set has come. */
export type Progress = {
  /** The verdict. */
  code: ProgressCode;
  /** The same as a sentence. */
  message: string;
  /** The Pods that it is about: those waited for, held, or left to a person. */
  pods: string[];
  /** The diagnosis that blocks it. */
  blocker?: DiagnosisCode;
  /** Since when nothing has changed with what is waited for, where that is known. */
  since?: string;
  /** When the wait is over, where that is known. */
  until?: string;
};

/** The verdicts. */
export type ProgressCode =
  /** Every Pod is available and of the update revision; there is nothing to do. */
  | "stable"
  /** The controller acts now. */
  | "progressing"
  /** It waits for something that may well happen. */
  | "waiting"
  /** It waits for something that does not happen by itself. */
  | "blocked"
  /** All is well, and older Pods are kept below the partition. */
  | "heldByPartition"
  /** All is well, and a person is to delete older Pods (strategy OnDelete). */
  | "waitingForManualDelete"
  /** The set is being deleted. */
  | "deleting";

/** How one ordinal stands. */
export type OrdinalState = {
  /** The ordinal. */
  ordinal: number;
  /** Its Pod's name, whether there is one or not. */
  pod: string;
  /** The state. */
  state: PodState;
  /** Whether the set should have it: a Pod without this is to go. */
  isWanted: boolean;
  /** The Pod's revision. */
  revision?: string;
  /** Whether that is the one that the update leads to. */
  isUpdated: boolean;
  /** Since when it is so, where its status says. */
  since?: string;
  /** When it will be available, where it only waits for minReadySeconds. */
  until?: string;
  /** Why it is not ready. */
  trouble?: Trouble;
  /**
   * What the controller waits for before it goes on with this ordinal, as a clause after *waits*.
   */
  waits?: string;
};

/** The states. */
export type PodState =
  /** There is no Pod. */
  | "missing"
  /** It has not started. */
  | "pending"
  /** It runs and is not ready. */
  | "notReady"
  /** It is ready, and not yet for minReadySeconds. */
  | "ready"
  /** It is available. */
  | "available"
  /** It is being deleted. */
  | "terminating"
  /** It has ended badly. */
  | "failed"
  /** It has ended well. */
  | "succeeded"
  /** Its node does not say. */
  | "unknown";

/** Why a Pod is not ready. */
export type Trouble = {
  /**
   * The kubelet's or scheduler's own word, such as `CrashLoopBackOff` or `Unschedulable`; the phase
   * of a Pod that has ended.
   */
  reason: string;
  /** What they say about it. */
  message?: string;
  /** The container that it is about. */
  container?: string;
  /** Whether waiting may be enough: nothing says that it is not. */
  mayRecover: boolean;
};

/** Something that is wrong with a set, or worth knowing. */
export type Diagnosis = {
  /** What it is. */
  code: DiagnosisCode;
  /** How bad it is. */
  severity: DiagnosisSeverity;
  /** The objects that it speaks of, the most important first. */
  objects: ObjectName[];
  /** What is wrong, in a sentence or two. */
  message: string;
  /** What can be done, the best first. */
  remedies: Proposal[];
  /** Reports of it, as `kubernetes/kubernetes#67250` is written: `k/k#67250`. */
  reports: string[];
};

/** The codes of the catalogue (`docs/diagnoses/`). */
export type DiagnosisCode =
  /** A broken Pod of OrderedReady keeps the update from replacing it. */
  | "RollbackTrap"
  /** Broken old Pods of Parallel use up the whole budget. */
  | "ParallelBudgetStuck"
  /** A Pod that should go stays, because others are not available. */
  | "ScaleDownBlocked"
  /** A claim keeps a Pod from being made or started. */
  | "ClaimBlocksPod"
  /** A Pod cannot end because its node is gone. */
  | "NodeLost"
  /** A Pod's volumes are not those of the claim templates, and cannot be changed. */
  | "AdoptionWedge"
  /** A name is, or may become, longer than a label may be. */
  | "NameTooLong"
  /** The Service that gives the Pods their names does not. */
  | "GoverningService"
  /** Claims go with their data. */
  | "ClaimDataLoss"
  /** The partition is counted from the first ordinal, or is past the last. */
  | "PartitionOffset"
  /** maxUnavailable is more than one, and OrderedReady brings Pods back one by one. */
  | "BudgetSerial"
  /** Another controller selects the same Pods. */
  | "OverlappingSelector"
  /** No budget limits how many Pods a drain takes. */
  | "NoDisruptionBudget"
  /** A change that the API server refuses. */
  | "ImmutableChange"
  /**
   * A change that looks like one and is none, or makes a revision where nothing seems to change.
   */
  | "SpuriousRollout"
  /** A Pod is not ready, and the controller will not do anything about it. */
  | "PodNotReady"
  /** A Pod is terminating and does not end, although its node is there. */
  | "PodStuckTerminating"
  /** The controller stops before it does anything, until something is corrected. */
  | "ControllerStopped";

/** How bad a diagnosis is. */
export type DiagnosisSeverity =
  /** Good to know. */
  | "info"
  /** It works, or will after a while; it may surprise. */
  | "warning"
  /** Nothing gets better without somebody. */
  | "error";

/** An object's kind and name. */
export type ObjectName = {
  /** Its kind. */
  kind: string;
  /** Its name, in the set's namespace where the kind has one. */
  name: string;
};

/** Something that can be done. */
export type Proposal = {
  /** What, as a clause: `delete Pod web-3; its claims stay`. */
  sentence: string;
  /** The same as what a simulator can play; empty where it cannot. */
  actions: Remedy[];
  /** The same as commands for a POSIX shell. */
  commands: string[];
};

/** What comes of one remedy of an explanation, carried out in the cluster that was observed. */
export type LeadsTo = {
  /** Which diagnosis, counted from 0. */
  diagnosis: number;
  /** Which of its remedies, counted from 0. */
  remedy: number;
  /** How it ends. */
  outcome: Outcome;
  /** When, in seconds of virtual time from the first command on. */
  seconds: number;
  /** In how many further steps of the controller. */
  steps: number;
  /** The Pods that restart. */
  restarted: string[];
  /** The claims that are deleted with their data. */
  lostClaims: string[];
  /** Why a command could not be carried out. */
  error?: string;
  /** The same as a clause: `stable after 3.1s in 3 more steps; claims kept`. */
  sentence: string;
};

// What DNS says -----------------------------------------------------------------------------------

/** What the cluster's DNS says of a set. */
export type DnsNames = {
  /** `NAMESPACE/NAME`. */
  set: string;
  /** There were no Pods and no EndpointSlices: this is how it will be once the set is stable. */
  isPlanned: boolean;
  /** The domain below which the cluster's names are. */
  clusterDomain: string;
  /** For how many seconds an answer may be kept, a denial too. */
  ttl: number;
  /** The name of each ordinal, and whether it resolves. */
  names: NameState[];
  /** All records of the Services and their endpoints. */
  records: DnsRecord[];
};

/** The name of an ordinal's Pod, and whether it resolves. */
export type NameState = {
  /** The ordinal. */
  ordinal: number;
  /** Its Pod's name, whether there is one or not. */
  pod: string;
  /** The set should have it: a Pod without this is to go. */
  isWanted: boolean;
  /**
   * The Pod's whole name, `web-0.web.shop.svc.cluster.local`; nothing where the set has no
   * serviceName.
   */
  name?: string;
  /** The name has an address; where the zone is planned, it will, once the set is stable. */
  resolves: boolean;
  /** Its addresses, as far as they are known. */
  addresses: string[];
  /** Why it does not resolve: what has to be so first. */
  why?: WhyNoName;
  /** The same as a sentence, without a full stop. */
  message?: string;
  /** What would help, where there is something to do but wait. */
  advice?: string;
  /** What is to be known although it resolves. */
  caveat?: NameCaveat;
};

/** Why the name of a Pod does not resolve. Its `Display` is a sentence without a full stop. */
export type WhyNoName =
  | {
      /** The set names no Service. */
      code: "noServiceName";
    }
  | {
      /** The name is longer than names can be. */
      code: "nameTooLong";
      /** The name. */
      name: string;
    }
  | {
      /** Nothing is known of Services. */
      code: "serviceUnseen";
      /** The Service that the set names. */
      service: string;
    }
  | {
      /** There is no such Service. */
      code: "serviceMissing";
      /** The Service that the set names. */
      service: string;
    }
  | {
      /** The Service is another name for something elsewhere. */
      code: "externalName";
      /** The Service. */
      service: string;
      /** What it stands for. */
      externalName: string;
    }
  | {
      /** The Service selects nothing, so nothing makes EndpointSlices for it. */
      code: "noSelector";
      /** The Service. */
      service: string;
    }
  | {
      /** There is no Pod. */
      code: "podMissing";
      /** Its name. */
      pod: string;
    }
  | {
      /** The Service does not select the Pod. */
      code: "selectorMismatch";
      /** The Service. */
      service: string;
      /** The Pod. */
      pod: string;
      /** What the selector asks for and the Pod has not, as `KEY=VALUE`. */
      lacking: string[];
    }
  | {
      /** The Pod was made for another Service, or for none. */
      code: "otherSubdomain";
      /** The Pod. */
      pod: string;
      /** The Service that the set names. */
      service: string;
      /** The Pod's `spec.subdomain`; empty where it has none. */
      subdomain: string;
    }
  | {
      /** The Pod calls itself something else. */
      code: "otherHostname";
      /** The Pod. */
      pod: string;
      /** Its `spec.hostname`; empty where it has none. */
      hostname: string;
    }
  | {
      /** The Pod has ended. */
      code: "finished";
      /** The Pod. */
      pod: string;
      /** `Succeeded` or `Failed`. */
      phase: string;
    }
  | {
      /** The Pod has no address yet. */
      code: "noAddress";
      /** The Pod. */
      pod: string;
    }
  | {
      /** The Pod has no address of a family that the Service asks for. */
      code: "noAddressOfFamily";
      /** The Pod. */
      pod: string;
      /** The Service. */
      service: string;
      /** `IPv4` or `IPv6`. */
      family: string;
    }
  | {
      /** The Pod's node is gone. */
      code: "nodeMissing";
      /** The Pod. */
      pod: string;
      /** The node. */
      node: string;
    }
  | {
      /** The Pod is being deleted. */
      code: "terminating";
      /** The Pod. */
      pod: string;
    }
  | {
      /** The Pod is not Ready, and its Service publishes only Pods that are. */
      code: "notReady";
      /** The Pod. */
      pod: string;
      /** The Service. */
      service: string;
    }
  | {
      /** The EndpointSlices that were observed do not have it, and nothing else explains it. */
      code: "notInSlices";
      /** The Pod. */
      pod: string;
      /** The Service. */
      service: string;
    };

/** What is to be known of a name that resolves. */
export type NameCaveat = {
  code: "notHeadless";
  /** The Service. */
  service: string;
};

/** A record. Names stand without the dot at their end. */
export type DnsRecord = {
  /** Whose record it is; in an answer as it was asked for, capitals and all. */
  name: string;
  /** Its type. */
  type: RecordType;
  /** For how many seconds it may be kept. */
  ttl: number;
  /**
   * What it says, as zone files write it: an address, a name, or `PRIORITY WEIGHT PORT NAME`.
   * Empty: an address that nobody knows yet, because its Pod or Service has yet to be made.
   */
  data: string;
  /** The Pod whose address or name it is. */
  pod?: string;
};

/** The types of records that are served and asked for here. */
export type RecordType =
  /** An IPv4 address. */
  | "A"
  /** An IPv6 address. */
  | "AAAA"
  /** A port and the name of the host that serves it. */
  | "SRV"
  /** The name of an address. */
  | "PTR"
  /** Another name. */
  | "CNAME";

/** What became of a name that somebody asks for. */
export type DnsLookup = {
  /** The name, as it was asked for. */
  name: string;
  /** The types of records that are wanted. */
  types: RecordType[];
  /** Who asks: `Pod web-0`, or `a Pod in namespace shop`. */
  asker: string;
  /** Its resolver. */
  resolver: DnsResolver;
  /** As `isPlanned`. */
  isPlanned: boolean;
  /** Why it does not resolve, as a sentence without a full stop, where there is a reason. */
  why?: string;
  /** The questions in order, each with its answer; the last name asked is the one that counts. */
  asked: DnsAnswer[];
  /** There is a record. */
  resolves: boolean;
  /**
   * The resolver of the node has the last word: the name is none of the cluster's, or leads out of
   * it.
   */
  isForwarded: boolean;
};

/** The resolver of a Pod, as its `/etc/resolv.conf` has it. */
export type DnsResolver = {
  /** The domains that are added to a short name, in order. */
  searches: string[];
  /** `ndots`: a name with fewer dots is tried with the search domains first. */
  dots: number;
  /** It asks the cluster's DNS; else that of the node, which knows none of the cluster's names. */
  asksCluster: boolean;
};

/** What became of a name: the questions that were asked, and whether one was answered. */
export type DnsResolution = {
  /** The questions in order, each with its answer; the last name asked is the one that counts. */
  asked: DnsAnswer[];
  /** There is a record. */
  resolves: boolean;
  /**
   * The resolver of the node has the last word: the name is none of the cluster's, or leads out of
   * it.
   */
  isForwarded: boolean;
};

/**
 * An answer. The order of records is the plugin's; the plugin `loadbalance` of kubeadm's Corefile
 * deals them anew each time.
 */
export type DnsAnswer = {
  /** The name that was asked for, without a dot at its end. */
  name: string;
  /** The type that was asked for. */
  type: RecordType;
  /** What came of it. */
  outcome: DnsOutcome;
  /** The records; after a CNAME those of the name that it leads to, where that is the cluster's. */
  records: DnsRecord[];
  /** The addresses of the names in SRV records. */
  additional: DnsRecord[];
  /**
   * For how many seconds a resolver may keep a denial: the lesser of the SOA's TTL and its minimum
   * (RFC 2308).
   */
  denialTtl?: number;
  /**
   * The name outside of the cluster that a CNAME leads to: the resolver of the node adds its
   * records.
   */
  leavesTo?: string;
};

/** What comes of a question. */
export type DnsOutcome =
  /** There are records. */
  | "answered"
  /** The name exists, and has no record of this type. */
  | "noData"
  /** The name does not exist. */
  | "nxDomain"
  /** It is not the cluster's to answer: the resolver of the node is asked. */
  | "forwarded";

/** How the cluster's DNS is configured. */
export type DnsSettings = {
  /** The domain below which the cluster's names are, without a dot at its end: `cluster.local`. */
  clusterDomain?: string;
  /** The plugin's `ttl`, in seconds, from 0 to 3600: 30, as kubeadm's Corefile has it. */
  ttl?: number;
  /** The plugin's `pods`: whether names such as `10-1-0-7.shop.pod.cluster.local` resolve. */
  pods?: PodRecords;
  /**
   * The plugin's `endpointPodNames`: endpoints without a hostname are called after their Pod, not
   * after their address.
   */
  endpointPodNames?: boolean;
  /** Namespaces that there are beside those of the objects: a name in any other does not exist. */
  namespaces?: string[];
};

/** Whether Pods have names made of their addresses. */
export type PodRecords =
  /** No: what the plugin does unless configured. */
  | "disabled"
  /** For every address, whether a Pod has it or not: kubeadm's Corefile. */
  | "insecure"
  /** Where a Pod of the namespace has the address. */
  | "verified";

// What admission says -----------------------------------------------------------------------------

/** The verdict on a request. */
export type AdmissionVerdict = {
  /** Whether the change is let through. */
  allowed: boolean;
  /** The HTTP status of a refusal: 403. */
  code?: number;
  /** Why it is refused, and what to do. */
  message?: string;
  /** Warnings for who asked, of at most 120 characters each. */
  warnings: string[];
  /**
   * What is written into the API server's audit log: `violations`, such as `P1=deny P9=warn`, and
   * `allowed`, the policies that the annotation let through.
   */
  auditAnnotations: { [key in string]: string };
  /** A JSON Patch (RFC 6902), of a delivery that may change objects. */
  patch?: JsonValue[];
  /** What the policies object to, in the policies' order. */
  violations: PolicyViolation[];
};

/** What a policy objects to. */
export type PolicyViolation = {
  /** Which policy. */
  policy: PolicyName;
  /**
   * What became of it, by the settings and what could be seen: `deny`, `warn`, or `off` where an
   * annotation allows it.
   */
  mode: PolicyMode;
  /** What is wrong, as a clause without a full stop. */
  message: string;
  /** What to do instead. */
  remedy: string;
  /** The claims that it is about, by name. */
  claims: string[];
  /**
   * False where something that could not be seen may say otherwise, or where it is not wrong in
   * every case: then it warns.
   */
  isCertain: boolean;
};

/** The policies. */
export type PolicyName =
  /** Scaling in deletes claims (whenScaled is Delete). */
  | "P1"
  /** The deletion deletes claims (whenDeleted is Delete), or the set is protected. */
  | "P2"
  /** The retention of a set that has Pods is changed to Delete. */
  | "P3"
  /** The ordinals move. */
  | "P4"
  /** Names are too long for labels. */
  | "P5"
  /** Claim templates that do not do what they seem to. */
  | "P6"
  /** Claims of an earlier set would be taken over. */
  | "P7"
  /** Another controller selects the same Pods. */
  | "P8"
  /** The Service does not give the Pods their names. */
  | "P9"
  /** The rollout would stop, or do nothing, or take too much at once. */
  | "P10";

/** What a policy does. */
export type PolicyMode =
  /** Nothing. */
  | "off"
  /** The change is let through with a warning. */
  | "warn"
  /** The change is refused. */
  | "deny";

// A forecast --------------------------------------------------------------------------------------

/** The answer. */
export type Forecast = {
  /** How it ends. */
  outcome: Outcome;
  /** In detail. */
  verdict: Verdict;
  /**
   * When it ended, in seconds of virtual time: when the set became stable, or when the last new
   * thing happened.
   */
  seconds: number;
  /** The set, as `NAMESPACE/NAME`. */
  set: string;
  /** Which Kubernetes. */
  kubernetes: string;
  /** The name of the update revision. */
  revision?: string;
  /**
   * True where a newer API server has stored fields that this Kubernetes does not know (`assumed`
   * names them): one that drops them gives the revision another name.
   */
  revisionIsProvisional?: boolean;
  /**
   * The least number of available Pods from the change on; absent where the set was not stable
   * before.
   */
  minAvailable?: number;
  /** What becomes of the Pods. */
  pods: PodCounts;
  /** Their names. */
  podNames: PodNames;
  /** What becomes of the claims. */
  claims: ClaimCounts;
  /** Their names. */
  claimNames: ClaimNames;
  /** What was taken for granted. */
  assumed: string[];
  /** What happens, instant by instant. */
  steps: Step[];
};

/** How a forecast or a story ends for a set. */
export type Outcome =
  /**
   * Nothing is left to do. Pods that are kept by the partition, or left to a person to delete, are
   * no obstacle.
   */
  | "stable"
  /** Nothing will go on by itself, and not all is done. */
  | "blocked"
  /** The time was up. */
  | "unfinished";

/** How a set stands, and why. */
export type Verdict = {
  /** In a word. */
  state: State;
  /** What the controller waits for. */
  waits?: Wait[];
  /** What is in the way, where the set is blocked. */
  blockers?: Blocker[];
  /** The ordinals of `pods`, where they are held by the partition. */
  ordinals?: number[];
  /** The Pods that are held, left to a person, or not available yet. */
  pods?: string[];
  /** True where the set is gone. */
  deleted?: boolean;
};

/** The state of a set's rollout. */
export type State =
  /**
   * All Pods are there, available and of the right revision; or the set is gone with all that goes
   * with it.
   */
  | "stable"
  /** Something is being done. */
  | "progressing"
  /** Time has to pass. */
  | "waiting"
  /** Nothing goes on by itself. */
  | "blocked"
  /** Stable, and the partition keeps old Pods. */
  | "heldByPartition"
  /** Stable, and old Pods are left to a person to delete. */
  | "waitingForManualDelete";

/** Something that is in the way. */
export type Blocker = {
  /** Its kind. */
  kind: Resource;
  /** Its name. */
  name: string;
  /**
   * Why it is in the way, in its own words: the STATUS of a Pod, such as `ImagePullBackOff`; the
   * reason of an API error.
   */
  reason?: string;
  /** The sentence behind it, such as the scheduler's. */
  message?: string;
  /** The wait that names it. */
  wait?: WaitCode;
  /** The action that the API server refuses. */
  action?: string;
};

/** How many Pods, of those that were there before and those that are there in the end. */
export type PodCounts = {
  /** New names. */
  created: number;
  /** Names that are no more. */
  deleted: number;
  /** The same name, another Pod. */
  restarted: number;
  /** The same Pod. */
  untouched: number;
};

/** The names behind `PodCounts`, in order of ordinals. */
export type PodNames = {
  /** New names. */
  created: string[];
  /** Names that are no more. */
  deleted: string[];
  /** The same name, another Pod. */
  restarted: string[];
  /** The same Pod. */
  untouched: string[];
};

/** How many claims. */
export type ClaimCounts = {
  /** New claims; one that was deleted and made anew counts here and under `deleted`. */
  created: number;
  /** The same claims as before. */
  kept: number;
  /** Claims that are no more, with their data. */
  deleted: number;
};

/** The names behind `ClaimCounts`. */
export type ClaimNames = {
  /** New claims. */
  created: string[];
  /** The same claims as before. */
  kept: string[];
  /** Claims that are no more. */
  deleted: string[];
};

/** What happened at one instant. */
export type Step = {
  /** When, in milliseconds of virtual time since the change was made. */
  at: Millis;
  /** What the controller did, in order. */
  actions: StepAction[];
  /** What it waits for after this step. */
  waits: Wait[];
  /**
   * What `kubectl get events` would show of the set's Pods and claims. One that repeats itself is
   * shown once.
   */
  events: StepEvent[];
};

/** An action as it was carried out. */
export type StepAction = {
  /** The API server's answer where it refused. */
  error?: Refusal;
  /** Such as `CreatePod`. */
  type: Operation["type"];
  /** The name in the request's URL. */
  name: string;
  /** The Pod on whose behalf. */
  pod?: string;
  /** The batch of the plan. */
  batch: number;
  /** Why. */
  reason: Reason;
};

/** An Event of a component. */
export type StepEvent = {
  /** `Normal` or `Warning`. */
  type: "Normal" | "Warning";
  /** Such as `kubelet`. */
  component: string;
  /** The kind of the object. */
  kind: Resource;
  /** Its name. */
  name: string;
  /** Such as `BackOff`. */
  reason: string;
  /** The sentence. */
  message: string;
};

// Several versions --------------------------------------------------------------------------------

/** The answers, compared. */
export type Comparison = {
  /** The set, as `NAMESPACE/NAME`. */
  set: string;
  /** Whether all versions answer alike. New revisions may have other names all the same. */
  same: boolean;
  /** What each version answers. */
  versions: VersionAnswer[];
  /** Where a version parts from the one before it in the list. */
  partings: Parting[];
};

/** What one version answers. */
export type VersionAnswer = {
  /** The version, with gates that are not as it has them. */
  kubernetes: string;
  /** Versions of one group answer alike; counted from 0. */
  group: number;
  /** How it ends; absent where the API server refuses the input. */
  outcome?: Outcome;
  /** In detail. */
  verdict?: Verdict;
  /** When it ended, in seconds of virtual time. */
  seconds?: number;
  /** What becomes of the Pods; absent in a story. */
  podNames?: PodNames;
  /** What becomes of the claims; absent in a story. */
  claimNames?: ClaimNames;
  /** The last status that the controller wrote. */
  status?: Status;
  /** Why this version's API server does not take the input. */
  refused?: Failure;
};

/** Where two versions part. */
export type Parting = {
  /** The earlier in the list of the two versions. */
  one: PartingSide;
  /** The later. */
  other: PartingSide;
  /** How far they part. */
  extent: PartingExtent;
  /** What makes them part there. */
  because: WhyParting[];
  /** What else makes later steps, or the end, differ. */
  beyond: WhyParting[];
  /** All of it in a sentence or two. */
  sentence: string;
};

/** A version at the first step at which two part. */
export type PartingSide = {
  /** The version. */
  kubernetes: string;
  /** When its controller does what the other does not do then, in milliseconds of virtual time. */
  at?: Millis;
  /** What it does; absent where it does nothing more. */
  action?: StepAction;
  /** What it waits for at that moment. */
  waits: Wait[];
};

/** How far two answers part, from hardly to wholly. */
export type PartingExtent =
  /** The same is done in the same order, at other moments. */
  | "times"
  /** The same is done, and the status in the end is another. */
  | "status"
  /** Something else is done, or in another order; the end is the same. */
  | "steps"
  /** The end is another. */
  | "end"
  /** One API server takes what the other refuses, or they refuse it for other reasons. */
  | "refused";

/** A behaviour that makes two versions part. */
export type WhyParting = {
  /** Which. */
  behaviour: VersionBehaviour;
  /** The version that has it; absent where it is no matter of yes or no. */
  onlyIn?: string;
  /** The feature gate that switches it. */
  gate?: Gate;
  /** The sentence. */
  sentence: string;
  /** Where it was proposed, reported or changed. */
  reports: string[];
};

/** Something that versions of Kubernetes do differently, so far as it bears on a StatefulSet. */
export type VersionBehaviour =
  /** `maxUnavailable` of a rolling update is honoured. */
  | "maxUnavailable"
  /**
   * Under Parallel with maxUnavailable, old Pods that are unavailable already are replaced first,
   * outside the budget.
   */
  | "unavailableReplacedFirst"
  /** No new revision where the newest one means the same. */
  | "semanticRevisionComparison"
  /** Revision data writes `creationTimestamp: null` in the template's metadata. */
  | "nullCreationTimestamp"
  /** The update strategy Recreate works. */
  | "recreateStrategy"
  /** The update strategy Recreate is known, be it switched on or not. */
  | "recreateKnown"
  /** *Unavailable* means not Running and Ready, and minReadySeconds play no part in it. */
  | "unhealthyIsUnavailable"
  /** minReadySeconds have passed only after, not at, the second. */
  | "availableStrictlyAfter"
  /** The next call is due when the first Pod becomes available, not after minReadySeconds. */
  | "requeueAtNextAvailability"
  /** Two revisions also differ where both hash labels parse as different int32. */
  | "hashLabelComparison"
  /** Pods are matched by kind, name and UID of their controller, not by UID alone. */
  | "podsByWholeOwner"
  /** The same for revisions. */
  | "revisionsByWholeOwner"
  /** Orphans are listed after owned Pods. */
  | "orphansListedLast"
  /** A Pod that is gone when it is to be deleted is as good as deleted. */
  | "gonePodsCountAsDeleted"
  /** An unreadable maxUnavailable also keeps the status from being written. */
  | "statusReadsMaxUnavailable"
  /** An update completes under every strategy, not only under RollingUpdate. */
  | "everyStrategyCompletes"
  /** Conditions of the status that others wrote are kept. */
  | "conditionsKept"
  /** A Service's name may begin with a digit. */
  | "relaxedServiceNames"
  /** The fields that the API server knows, its defaults and its checks. */
  | "apiServer";

// A story that was played -------------------------------------------------------------------------

/** A story that was played. */
export type Played = {
  /** Where the story ended, in milliseconds of virtual time. */
  at: Millis;
  /** True where nothing new could happen by itself any more. */
  atRest: boolean;
  /** Where each set stands, in order of namespaces and names. */
  ends: End[];
  /** Everything that happened. */
  trace: Trace;
};

/** Where a set stands at the end of a story. */
export type End = {
  /** The set. */
  set: SetName;
  /** How it ended. */
  outcome: Outcome;
  /** In detail. */
  verdict: Verdict;
};

/** The set that an entry is about. */
export type SetName = {
  /** Its namespace. */
  namespace: string;
  /** Its name. */
  name: string;
};

/**
 * The entries of a trace, oldest first. The same scenario and seed give the same text, byte for
 * byte.
 */
export type Trace = TraceEntry[];

/** One thing that happened. */
export type TraceEntry = {
  /** When, in milliseconds of virtual time. */
  at: Millis;
} & Happening;

/** What can happen. */
export type Happening =
  | {
      /** The controller carried out an action of a plan. */
      type: "action";
      /** The set. */
      set: SetName;
      /** Which. */
      action: ActionRecord;
      /** What the API server answered, where that was an error. */
      error?: Refusal;
    }
  | {
      /** The controller wrote the set's status. */
      type: "status";
      /** The set. */
      set: SetName;
      /** The status. */
      status: Status;
      /** What the API server answered, where that was an error. */
      error?: Refusal;
    }
  | {
      /** What the controller waits for is not what it was before. */
      type: "waits";
      /** The set. */
      set: SetName;
      /** All waits; none means that it waits for nothing. */
      waits: Wait[];
    }
  | {
      /** An object was created, changed or has gone. */
      type: "object";
    } & ObjectRecord
  | {
      /** What `kubectl get events` would show. */
      type: "event";
      /** `Normal` or `Warning`. */
      kind: "Normal" | "Warning";
      /** Who says it. */
      component: string;
      /** The kind of the object it is about. */
      objectKind: Resource;
      /** Its namespace, where it has one. */
      namespace?: string;
      /** Its name. */
      name: string;
      /** Such as `BackOff`. */
      reason: string;
      /** The sentence. */
      message: string;
    }
  | {
      /** An event of the scenario took place. */
      type: "scenario";
      /** The event as it is written in the scenario. */
      event: JsonObject;
      /** Why it could not take place. */
      error?: string;
    };

/** An action of a plan without the object that it writes. */
export type ActionRecord = {
  /** Such as `CreatePod`. */
  type: Operation["type"];
  /** The name in the request's URL. */
  name: string;
  /** The Pod on whose behalf. */
  pod?: string;
  /** The batch of the plan. */
  batch: number;
  /** Why. */
  reason: Reason;
};

/** An API server's answer that is no success. */
export type Refusal = {
  /** The HTTP status, such as 409. */
  status: number;
  /** Such as `Conflict`. */
  reason: string;
  /** The sentence. */
  message: string;
  /** True where the write took place although the answer never came. */
  wasApplied?: boolean;
};

/** What became of one object. */
export type ObjectRecord = {
  /** What happened to it. */
  change: Fate;
  /** Its kind. */
  kind: Resource;
  /** Its namespace, where it has one. */
  namespace?: string;
  /** Its name. */
  name: string;
  /** Its UID. */
  uid?: string;
  /** `status.phase`, where it has one. */
  phase?: string;
  /** True where it is terminating. */
  terminating?: boolean;
  /** The node of a Pod. */
  node?: string;
  /** The revision of a Pod. */
  revision?: string;
  /** A Pod as `kubectl get pods -w` prints it. */
  row?: PodRow;
};

/** What happened to an object. */
export type Fate =
  /** It is new. */
  | "created"
  /** It is not as it was. */
  | "changed"
  /** It is no more; the record shows it as it was last. */
  | "gone";

/** The columns of `kubectl get pods`, as text. */
export type PodRow = {
  /** NAME. */
  name: string;
  /** READY, such as `0/1`. */
  ready: string;
  /** STATUS, such as `ContainerCreating` or `Init:0/1`. */
  status: string;
  /** RESTARTS, such as `2 (10s ago)`. */
  restarts: string;
  /** AGE, such as `5m30s`. */
  age: string;
};

/** The kinds of object that the simulated cluster holds. */
export type Resource =
  | "StatefulSet"
  | "Pod"
  | "PersistentVolumeClaim"
  | "ControllerRevision"
  | "PersistentVolume"
  | "Node"
  | "StorageClass"
  | "Service"
  | "EndpointSlice"
  | "PodDisruptionBudget"
  | "ConfigMap"
  | "Secret";

/** Virtual time since the start, in milliseconds. */
export type Millis = number;

// How a simulated cluster behaves -----------------------------------------------------------------

/**
 * The settings of one cluster. In YAML the names are camelCase, and spans of time are written
 * `500ms`, `2s`, `1m30s`.
 */
export type Settings = {
  /**
   * Where the random generator starts, and what the UIDs of new objects are made from. Default 0.
   */
  seed?: number;
  /** The nodes: how many, or a list of them. Default 3. */
  nodes?: NodesSetting;
  /**
   * What is known of storage classes. Default: one, `standard`, the default class, that binds at
   * once. A class that a claim names and that is not listed is assumed to exist and to bind at
   * once.
   */
  storageClasses?: StorageClassSetting[];
  /**
   * Secrets and ConfigMaps that do not exist. All others that a Pod refers to are assumed to.
   * Default: none.
   */
  absent?: Absent[];
  /** From the moment a Pod could be scheduled until it is bound to a node. Default `100ms`. */
  scheduling?: Span;
  /** How long a node takes to pull an image that it does not have yet. Default `2s`. */
  pull?: Span;
  /**
   * How long an init container runs, and how long the containers of a Pod take to start once all
   * images are there. Default `1s`.
   */
  start?: Span;
  /**
   * From the start of the containers until the Pod is ready. Default: absent, which means that the
   * probes decide: the first tick of `periodSeconds` that is not before `initialDelaySeconds`, and
   * at once where there is no probe.
   */
  readiness?: Span;
  /**
   * How long containers take to stop after they were asked to; never longer than the grace period.
   * Default `1s`.
   */
  termination?: Span;
  /**
   * How long the kubelet waits before it starts a container again that crashed twice or more.
   * Default `10s`, doubling to `5m`.
   */
  crashBackOff?: BackOff;
  /**
   * How long the kubelet waits before it pulls an image again that could not be pulled. Default
   * `10s`, doubling to `5m`.
   */
  pullBackOff?: BackOff;
  /**
   * By how much, in percent, `scheduling`, `pull`, `start`, `readiness` and `termination` vary to
   * both sides. Default 0: not at all.
   */
  jitter?: number;
  /** How long after a change the simulated controller hears of it. Default `0s`. */
  watch?: Span;
  /**
   * How long one API call of the simulated controller takes. `0s`: all calls of a plan are made at
   * one instant, and take a millisecond together. Default `5ms`.
   */
  call?: Span;
  /**
   * How long after a node was found dead its Pods are deleted (`tolerationSeconds` of the
   * tolerations that the API server gives every Pod). Default `5m`.
   */
  evictionAfter?: Span;
  /** How long after a node's last sign of life it is found dead. Default `40s`. */
  nodeMonitor?: Span;
  /**
   * What goes wrong with which Pod. The last entry that matches a Pod wins; a scenario may change
   * the list at any time. Default: nothing goes wrong.
   */
  behaviours?: Behaviour[];
};

/** How many nodes there are, or which. */
export type NodesSetting =
  /** So many nodes, called `node-1`, `node-2` …, each for 110 Pods. */
  | number
  /** These nodes. */
  | NodeSetting[];

/** One node. */
export type NodeSetting = {
  /** Its name, which is also its label `kubernetes.io/hostname`. */
  name: string;
  /** Its label `topology.kubernetes.io/zone`. Default: none. */
  zone?: string;
  /** How many Pods it takes. Default 110. */
  pods?: number;
};

/** One storage class. */
export type StorageClassSetting = {
  /** Its name, as in a claim's `spec.storageClassName`. */
  name: string;
  /**
   * When a volume is bound: at once, or when a Pod that uses the claim is scheduled. Default
   * `Immediate`.
   */
  mode?: BindingMode;
  /** How long it takes to make a volume. Default `0s`. */
  delay?: Span;
  /**
   * Whether volumes are made at all; where not, only volumes that exist beforehand are bound.
   * Default true.
   */
  provisions?: boolean;
  /** Whether the class exists at all. Default true. */
  exists?: boolean;
  /** Whether claims that name no class get this one. Default false. */
  default?: boolean;
};

/** `volumeBindingMode` of a storage class. */
export type BindingMode =
  /** The volume is bound as soon as there is a claim. */
  | "Immediate"
  /** The volume is bound when the first Pod that uses the claim has been given a node. */
  | "WaitForFirstConsumer";

/** A Secret or ConfigMap that is not there. */
export type Absent = {
  /** `Secret` or `ConfigMap`. */
  kind: AbsentKind;
  /** Its name, in any namespace. */
  name: string;
};

/** The kinds of `Absent`. */
export type AbsentKind =
  /** A Secret. */
  | "Secret"
  /** A ConfigMap. */
  | "ConfigMap";

/** A wait that doubles each time. */
export type BackOff = {
  /** The first wait. Default `10s`. */
  first?: Span;
  /** The longest. Default `5m`. */
  limit?: Span;
};

/**
 * One thing that goes wrong, and the Pods it happens to.
 *
 * In YAML: `{pods: "web-*", what: crash}`, `{pods: web-1, what: slowTermination, for: 45s}`,
 * `{image: "nginx:broken", what: imageNeverPulls}`, `{pods: web-2, what: exits, phase: Failed}`.
 */
export type Behaviour = {
  /** Which Pods, by name; `*` stands for any text. Default `*`. */
  pods?: string;
  /** Only Pods of this revision (their label `controller-revision-hash`). Default: any. */
  revision?: string;
  /** Only Pods with a container of this image; `*` stands for any text. Default: any. */
  image?: string;
} & What;

/** What may happen to a Pod. */
export type What =
  | {
      /** The containers run, and the Pod is never ready. */
      what: "notReady";
    }
  | {
      /** The first container ends with exit code 1 as soon as it has started, each time. */
      what: "crash";
    }
  | {
      /**
       * The image (that of `image`, else all of the Pod) cannot be pulled. Images that are on the
       * node already are not pulled.
       */
      what: "imageNeverPulls";
    }
  | {
      /** Containers take so long to stop, if the grace period lets them. */
      what: "slowTermination";
      /** How long. `for` in YAML. */
      for: Span;
    }
  | {
      /** An init container ends with exit code 1, each time. */
      what: "initFails";
      /** Which one. Default: the first. */
      container?: string;
    }
  | {
      /** The Pod stays terminating until someone deletes it by force. */
      what: "neverTerminates";
    }
  | {
      /** All containers end for good and the Pod reaches this phase, as after an eviction. */
      what: "exits";
      /** The phase. */
      phase: Phase;
    }
  | {
      /**
       * Nothing that an earlier entry says holds for these Pods, and one that was observed broken
       * recovers.
       */
      what: "healthy";
    };

/** The phases in which a Pod never runs again. */
export type Phase =
  /** At least one container failed. */
  | "Failed"
  /** All containers ended well. */
  | "Succeeded";

/**
 * A span of virtual time, written `500ms`, `2s`, `1m30s` or `1h`; whole milliseconds. No time is
 * `0s`, or the number 0.
 */
export type Span = string | 0;

/** Which calls fail, and how. */
export type FaultRule = {
  /** The verb; absent: any. */
  verb?: Verb;
  /** The kind; absent: any. */
  kind?: Resource;
  /** The name, in which `*` stands for any text; absent: any. */
  name?: string;
  /** What goes wrong. */
  error: ErrorKind;
  /** What the error says in place of its usual detail, such as the reason that a webhook gives. */
  message?: string;
  /** The name of the quota or the webhook. */
  by?: string;
  /** How many calls fail; absent: all. */
  times?: number;
  /** Since when. */
  from?: Span;
  /** Until when, this instant not included. */
  until?: Span;
};

/** What a call does. */
export type Verb =
  /** POST. */
  | "create"
  /** PUT, of the status too. */
  | "update"
  /** PATCH. */
  | "patch"
  /** DELETE. */
  | "delete"
  /** In a rule: all of them. */
  | "any";

/** What goes wrong. */
export type ErrorKind =
  /** 403: a ResourceQuota is used up. */
  | "quota"
  /** 403: an admission webhook denies. */
  | "webhook"
  /** 409: the object was changed in between. */
  | "conflict"
  /** 504, and nothing was written. */
  | "timeout"
  /** 504, and it was written. */
  | "timeoutAfterWrite"
  /** 500. */
  | "internal"
  /** 404. */
  | "notFound";
