// Any JSON or text gives a tagged answer, and the instance works afterwards.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as steadfast from "../dist/node.js";
import { watchInstances } from "./memory.mjs";
import { stableWorld } from "./worlds.mjs";

let instances = 0;
watchInstances(() => (instances += 1));
await steadfast.init();

const COUNT = Number(process.env.STEADFAST_FUZZED ?? 100_000);
const SEED = Number(process.env.STEADFAST_SEED ?? Math.floor(Date.now() / 86_400_000));

/** Mulberry32: enough to be fair, and the same everywhere. */
function random(seed) {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const ATOMS = [
  null, true, false, 0, -1, 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e308, -0, 0.5, "", "web", "web-0", "default", "1.37", "1.33",
  "12s", "-5m", "99999999999h", "2026-11-21T00:00:00Z", "\ud800", "\u0000", "\u2028", "😀", "a".repeat(300), "50%", "101%",
  "Running", "True", "OrderedReady", "Parallel", "OnDelete", "Recreate", "RollingUpdate", "Retain", "Delete", [], {}, [[]],
];

/** Something else in the place of something, anywhere in a value. */
function damaged(value, below) {
  if (below(12) === 0) {
    return ATOMS[below(ATOMS.length)];
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => (below(3) === 0 ? damaged(item, below) : item));
    return below(8) === 0 ? [...items, ATOMS[below(ATOMS.length)], ...items] : items;
  }
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value)
      .filter(() => below(20) !== 0)
      .map(([name, item]) => [below(60) === 0 ? "other" : name, below(3) === 0 ? damaged(item, below) : item]);
    return Object.fromEntries(entries);
  }
  return value;
}

/** Characters taken out, doubled or exchanged. */
function torn(text, below) {
  const at = below(text.length + 1);
  const piece = ["", "\\", '"', "{", "}", ":", "\n", "- ", "\t", "&a ", "*a", "\ud83d", "\u0000", "é"][below(14)];
  return text.slice(0, at) + piece + text.slice(at + below(4));
}

const { statefulSet } = stableWorld(2);
const manifest = structuredClone(statefulSet);
delete manifest.metadata.uid;
delete manifest.status;
const yaml = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n";
const observation = stableWorld(2);
const scenario = {
  kubernetes: "1.37", objects: [manifest], until: "10m", settings: { nodes: 2, pull: "1s" },
  timeline: [{ at: "5s", scale: { name: "web", replicas: 3 } }, { at: "9s", crash: "web-0" }, { at: "1m", deletePod: "web-1" }],
};
const question = { objects: [manifest], kubernetes: "1.36", until: "10m", settings: { nodes: 2 } };
const request = {
  apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview",
  request: {
    uid: "r", operation: "UPDATE", resource: { group: "apps", version: "v1", resource: "statefulsets" }, namespace: "default", name: "web",
    object: { ...statefulSet, spec: { ...statefulSet.spec, replicas: 1 } }, oldObject: statefulSet, options: null, userInfo: { username: "me" },
  },
};
const scaling = { ...request.request, subResource: "scale", object: { spec: { replicas: 1 } }, oldObject: { spec: { replicas: 2 } } };
const around = {
  ...observation, services: [{ kind: "Service", metadata: { name: "web" }, spec: { clusterIP: "None", selector: { app: "web" } } }],
  podDisruptionBudgets: [{ metadata: { name: "web" }, spec: { minAvailable: "100%", selector: { matchLabels: { app: "web" } } } }],
  workloads: [{ kind: "Deployment", metadata: { name: "web" }, spec: { selector: { matchLabels: { app: "web" } } } }],
};
const settings = { policies: { P1: "deny", P9: "off" }, namespaces: { exclude: ["kube-*"] }, quorum: 2, fillServiceName: true };
const options = { kubernetes: "1.35", featureGates: { MaxUnavailableStatefulSet: true }, now: "2026-11-21T00:00:00Z" };

/** Each function of the package, and what it is fed with before it is damaged. */
const CALLS = {
  reconcile: [([given, how]) => steadfast.reconcile(given, how), [observation, options]],
  canonical: [([given, how]) => steadfast.canonical(given, how), [manifest, options]],
  revisionName: [([given, how]) => steadfast.revisionName(given, how), [manifest, options]],
  read: [(given) => steadfast.read(given), yaml],
  lint: [(given) => steadfast.lint(given, { from: yaml }), yaml],
  lintObject: [(given) => steadfast.lint(JSON.stringify(given) ?? ""), manifest],
  defaulted: [([given, how]) => steadfast.defaulted(given, { kubernetes: how?.kubernetes }), [manifest, options]],
  diff: [([given, how]) => steadfast.diff(manifest, given, { kubernetes: how?.kubernetes }), [manifest, options]],
  diffText: [(given) => steadfast.diff(yaml, given), yaml],
  explain: [([given, how]) => steadfast.explain(given, how), [observation, options]],
  explainDump: [([given, name]) => steadfast.explain(given, { set: String(name) }), [[manifest, ...observation.pods], "web"]],
  dns: [([given, how]) => steadfast.dns(given, how), [observation, { clusterDomain: "cluster.local", ttl: 5 }]],
  lookup: [([given, name, how]) => steadfast.lookup(given, String(name), how), [observation, "web-0.web", { types: ["A", "SRV"], from: "web-1" }]],
  review: [([given, context, which]) => steadfast.review(given, context, which), [request, around, settings]],
  reviewScale: [([given, context, how]) => steadfast.review(given, context, undefined, how), [scaling, around, { kubernetes: "1.36" }]],
  write: [(given) => steadfast.write(given), [manifest]],
  plan: [(given) => steadfast.plan(given), question],
  planText: [(given) => steadfast.plan({ objects: given }), yaml],
  simulate: [(given) => steadfast.simulate(given), scenario],
  compare: [([given, versions]) => steadfast.compare(given, versions), [{ objects: [manifest], until: "1m" }, ["1.35.0", "1.37"]]],
  sentences: [(given) => steadfast.sentences(given), [{ wait: { code: "podAvailable", kind: "Pod", name: "web-0", retry: false } }, { record: { type: "DeletePod", name: "web-2", batch: 0, reason: { code: "scaleDown", ordinal: 2 } } }]],
  compareStories: [(given) => steadfast.compare({ scenario: given }, ["1.36"]), scenario],
  observation: [
    ([given, object, name]) => {
      const opened = steadfast.ObservationHandle.open(given);
      if (opened.ok) {
        const answers = [opened.value.put(object), opened.value.remove("Pod", name), opened.value.reconcile()];
        opened.value.dispose();
        return answers.find(({ ok }) => !ok) ?? opened;
      }
      return opened;
    },
    [observation, statefulSet, "web-0"],
  ],
  simulation: [
    ([given, event, span]) => {
      const begun = steadfast.Simulation.begin(given);
      if (begun.ok) {
        const answers = [begun.value.event(event), begun.value.advance(span), begun.value.step(3), begun.value.run("20m")];
        begun.value.dispose();
        return answers.find(({ ok }) => !ok) ?? begun;
      }
      return begun;
    },
    [{ objects: [manifest] }, { crash: "web-0" }, "12s"],
  ],
};

test(`${COUNT} inputs from seed ${SEED} are answered, none breaks the instance off`, () => {
  const seen = { ok: 0, misuse: 0, codes: {} };
  const names = Object.keys(CALLS);
  for (let at = 0; at < COUNT; at += 1) {
    const below = random(SEED * 1_000_000 + at);
    const name = names[at % names.length];
    const [call, healthy] = CALLS[name];
    let given = typeof healthy === "string" ? healthy : damaged(healthy, below);
    if (typeof given === "string") {
      given = torn(given, below);
    } else if (below(8) === 0) {
      given = Array.isArray(given) ? [torn(JSON.stringify(given[0] ?? null), below), ...given.slice(1)] : torn(JSON.stringify(given), below);
    }
    try {
      const answer = call(given);
      if (answer.ok) {
        seen.ok += 1;
      } else {
        assert.equal(typeof answer.error.message, "string", `${name}, ${at}`);
        assert.ok(Array.isArray(answer.error.causes), `${name}, ${at}`);
        if (answer.error.code === "trap") {
          console.error(`${name}, ${at}: ${answer.error.message}\n${JSON.stringify(given).slice(0, 2_000)}`);
        }
        seen.codes[answer.error.code] = (seen.codes[answer.error.code] ?? 0) + 1;
      }
    } catch (error) {
      // A damaged argument may be none that TypeScript would let pass.
      const isMisuse = error instanceof steadfast.SteadfastError || (error instanceof TypeError && !Array.isArray(given));
      assert.ok(isMisuse, `${name}, ${at}: ${error.stack}`);
      seen.misuse += 1;
    }
  }
  assert.equal(instances, 1, "an instance broke off");
  assert.equal(seen.codes.trap, undefined);
  assert.ok(seen.ok > COUNT / 20 && seen.codes.invalid > COUNT / 10, JSON.stringify(seen));
  assert.equal(steadfast.reconcile(observation).ok, true);
  console.log(JSON.stringify(seen));
});
