// What a story and a question are made of. Written by hand, and held against what reads them by
//     cargo test -p steadfast-tests --test typescript

import type {
  FaultRule,
  FeatureGates,
  KubernetesObject,
  Phase,
  Resource,
  Settings,
  Span,
} from "./wire.js";

/**
 * A story: initial objects, a cluster's settings, and what happens when. The same story gives the
 * same trace, byte for byte, wherever it is played.
 */
export type Scenario = {
  /** For people. */
  name?: string;
  /** For people. */
  description?: string;
  /** The version of Kubernetes, such as `1.37` or `1.35.0`. Default: the newest one known. */
  kubernetes?: string;
  /** Gates that are not as the version has them. */
  featureGates?: FeatureGates;
  /** How the cluster behaves. What is left out is assumed so that a rollout can succeed. */
  settings?: Settings;
  /** The time at which the story begins. Default `2026-01-01T00:00:00Z`. */
  now?: string;
  /**
   * What is there in the beginning: manifests, and objects of a dump (those that have a UID). A
   * string is YAML or JSON text.
   */
  objects?: string | readonly KubernetesObject[];
  /** What happens, in any order. */
  timeline?: readonly ScenarioEvent[];
  /**
   * Where the story ends. Default: where nothing new can happen by itself any more, and a day after
   * the last event at the latest.
   */
  until?: Span;
};

/**
 * Something that happens to a cluster from outside: when, and exactly one event.
 *
 * @example
 * const event: ScenarioEvent = { at: "30s", scale: { name: "web", replicas: 3 } };
 */
export type ScenarioEvent = {
  /** When, from the beginning of the story on. */
  at: Span;
} & ExactlyOne<ScenarioEvents>;

/** An event for a simulation that is running: without `at` it takes place now. */
export type SimulationEvent = {
  /** When, from the beginning of the story on. Default: now. */
  at?: Span;
} & ExactlyOne<ScenarioEvents>;

/**
 * All events, each with what it takes.
 *
 * Objects are named `NAME`, or `NAMESPACE/NAME` where the namespace is not `default`. In the names
 * of Pods that misbehave `*` stands for any text.
 */
export type ScenarioEvents = {
  /** `kubectl apply` of a manifest. */
  apply: KubernetesObject;
  /** `kubectl scale`. */
  scale: {
    /** The set. */
    name: string;
    /** How many Pods there shall be. */
    replicas: number;
  };
  /** `kubectl set image`. */
  image: {
    /** The set. */
    set: string;
    /** The image. */
    image: string;
    /** The container. Default: all of them. */
    container?: string;
  };
  /** `kubectl delete`. */
  delete: {
    /** The kind of the object. */
    kind: Resource;
    /** The object. */
    name: string;
    /** What becomes of what it owns. Default `background`. */
    cascade?: Cascade;
    /** The grace period in seconds; 0 is by force. Default: the Pod's own. */
    grace?: number;
  };
  /** `kubectl delete pod`: the Pod's name, or that with more. */
  deletePod:
    | string
    | {
        /** The Pod. */
        name: string;
        /** The grace period in seconds; 0 is by force. Default: the Pod's own. */
        grace?: number;
      };
  /** The eviction API, which a PodDisruptionBudget may refuse. */
  evict:
    | string
    | {
        /** The Pod. */
        name: string;
      };
  /** From now on these Pods run, and are never ready. */
  notReady: string;
  /** From now on nothing is wrong with these Pods. */
  ready: string;
  /** From now on the first container of these Pods ends as soon as it has started. */
  crash: string;
  /** From now on an init container of these Pods ends with an error, each time. */
  initFails:
    | string
    | {
        /** The Pods. */
        pod: string;
        /** The init container. Default: the first. */
        container?: string;
      };
  /** All containers of these Pods end for good, as after an eviction. */
  exits:
    | string
    | {
        /** The Pods. */
        pod: string;
        /** The phase that they reach. Default `Failed`. */
        phase?: Phase;
      };
  /** From now on the containers of these Pods take long to stop, if the grace period lets them. */
  slowTermination: {
    /** The Pods. */
    pod: string;
    /** How long. */
    for: Span;
  };
  /** From now on these Pods stay terminating until someone deletes them by force. */
  neverTerminates: string;
  /** From now on this image cannot be pulled. `*` stands for any text. */
  imageNeverPulls:
    | string
    | {
        /** The image. */
        image: string;
      };
  /** What was said of this image by `imageNeverPulls` no longer holds. */
  imagePulls:
    | string
    | {
        /** The image. */
        image: string;
      };
  /** A node fails, or returns. */
  node: {
    /** The node. */
    name: string;
    /** How it is from now on. */
    state: "up" | "down";
  };
  /** From now on this claim gets no volume. */
  volumeStuck:
    | string
    | {
        /** The claim. */
        claim: string;
      };
  /** This claim gets its volume after all. */
  volumeFreed:
    | string
    | {
        /** The claim. */
        claim: string;
      };
  /** From now on the API server refuses such writes of the controller. */
  apiError: FaultRule;
  /** Things go well again: what `apiError` said, what was said of Pods and claims, or all of it. */
  clear: "apiErrors" | "behaviours" | "all";
  /** The controller looks at every set, as a resync makes it. */
  tick: true;
};

/** What becomes of the objects that a deleted object owns, as in `kubectl delete --cascade`. */
export type Cascade = "background" | "foreground" | "orphan";

/** The question of `plan`: what will these manifests, this change or this deletion do? */
export type PlanQuestion = {
  /** The manifests to apply, of all kinds; none where only time passes, or the set is deleted. */
  objects?: Objects;
  /**
   * What exists, as an API server returned it. Pods that are broken stay so until they are
   * replaced. Default: nothing.
   */
  observed?: Objects;
  /**
   * The manifests before the change: they run until nothing new happens, then `objects` are
   * applied.
   */
  from?: Objects;
  /** The set in question, as `NAME` or `NAMESPACE/NAME`; needed where there are several. */
  set?: string;
  /** Whether the set is deleted, and how. Default false; `true` deletes in the background. */
  delete?:
    | boolean
    | {
        /** What becomes of what it owns. Default `background`. */
        cascade?: Cascade;
      };
  /** The version of Kubernetes, such as `1.37` or `1.35.0`. Default: the newest one known. */
  kubernetes?: string;
  /** Gates that are not as the version has them. */
  featureGates?: FeatureGates;
  /**
   * How the cluster behaves. What is left out is assumed so that the rollout can succeed, without
   * `nodes` as many nodes as it needs; the answer says so.
   */
  settings?: Settings;
  /** What the API server refuses, from the change on. */
  apiErrors?: readonly FaultRule[];
  /** How long to look, from the change on. Default: thirty days of virtual time. */
  until?: Span;
  /** The time at which it begins. Default: the newest one in `observed`. */
  now?: string;
};

/** Objects as text (YAML or JSON), as one object, which may be a `List`, or as a list of them. */
export type Objects = string | KubernetesObject | readonly KubernetesObject[];

/** One of the fields of `All`, and no other. */
type ExactlyOne<All> = {
  [Name in keyof All]: Pick<All, Name> & { [Other in Exclude<keyof All, Name>]?: never };
}[keyof All];
