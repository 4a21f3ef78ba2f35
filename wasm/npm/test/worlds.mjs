// Objects to try the package on.

/** A set of so many replicas as an API server returns it, all its Pods running and ready, and its revision. */
export function stableWorld(replicas, { template = {} } = {}) {
  const labels = { app: "web" };
  const statefulSet = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "web", namespace: "default", uid: "set", generation: 1, creationTimestamp: "2026-11-21T00:00:00Z" },
    spec: {
      replicas,
      serviceName: "web",
      podManagementPolicy: "Parallel",
      revisionHistoryLimit: 10,
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "nginx", image: "nginx" }], ...template } },
    },
    status: { replicas: 0, availableReplicas: 0 },
  };
  return {
    now: "2026-11-21T01:00:00Z",
    statefulSet,
    pods: [],
    persistentVolumeClaims: [],
    controllerRevisions: [],
  };
}

/** What an API server makes of the objects that a plan creates, with every Pod ready. */
export function carriedOut(observation, plan) {
  const after = structuredClone(observation);
  for (const { type, object } of plan.actions) {
    const list = { CreatePod: after.pods, CreateControllerRevision: after.controllerRevisions }[type];
    list?.push(stored(object));
  }
  if (plan.statusChanged) {
    after.statefulSet.status = plan.status;
  }
  return after;
}

function stored(object) {
  const made = structuredClone(object);
  Object.assign(made.metadata, { uid: `uid-of-${made.metadata.name}`, creationTimestamp: "2026-11-21T00:00:00Z" });
  if (made.kind === "Pod") {
    const ready = { type: "Ready", status: "True", lastTransitionTime: "2026-11-21T00:00:10Z" };
    made.status = { phase: "Running", conditions: [ready] };
  }
  return made;
}
