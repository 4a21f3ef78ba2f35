// How the package behaves towards the program that uses it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  compare, defaulted, diff, dns, explain, init, initSync, lint, lookup, ObservationHandle, plan, read, reconcile, review, sentences, Simulation, SteadfastError,
  text,
} from "../dist/node.js";
import { watchInstances } from "./memory.mjs";
import { carriedOut, stableWorld } from "./worlds.mjs";

let memory;
watchInstances((instance) => (memory = instance.exports.memory));

/** Plans and carries out until nothing is left to do. */
function settled(observation) {
  for (;;) {
    const answer = reconcile(observation);
    assert.ok(answer.ok, JSON.stringify(answer));
    if (answer.value.actions.length === 0 && !answer.value.statusChanged) {
      return observation;
    }
    observation = carriedOut(observation, answer.value);
  }
}

const thrown = (code) => (error) => error instanceof SteadfastError && error.code === code;

test("before init every call says that init is missing, and a source that cannot be had can be tried again", async () => {
  assert.throws(() => reconcile({}), thrown("notInitialized"));
  assert.throws(() => Simulation.begin({}), thrown("notInitialized"));
  assert.throws(() => initSync(new Uint8Array([1, 2, 3])), thrown("loading"));
  await assert.rejects(init("http://127.0.0.1:9/steadfast.wasm"), thrown("loading"));
  await assert.rejects(init(5), thrown("wrongArgument"));
  await init();
});

test("init is idempotent, whatever it is called with later", async () => {
  const first = init();
  assert.equal(init(), first);
  assert.equal(init(new Uint8Array()), first);
  initSync(new Uint8Array());
  await first;
});

test("an argument that TypeScript would refuse is a typed error, and bad input is an answer", () => {
  assert.throws(() => reconcile(undefined), thrown("wrongArgument"));
  assert.throws(() => reconcile(() => 1), thrown("wrongArgument"));
  for (const input of ["", "{", "[]", "null", "5", '"\ud800"', "{\"pods\": 5}", "\u0000", "x".repeat(1e6)]) {
    const answer = reconcile(input);
    assert.equal(answer.ok, false);
    assert.match(answer.error.code, /^(unreadable|invalid)$/);
  }
  const manifest = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  replicas: many\n";
  const { error } = plan({ objects: manifest });
  const { line, column } = error.causes.find((cause) => cause.field === "spec.replicas");
  assert.deepEqual([line, column], [5, 3]);
});

const WEB = readFileSync(new URL("../../../examples/web.yaml", import.meta.url), "utf8");

test("lint points at the text that is meant, in Unicode characters, and knows updates", () => {
  const yaml = WEB.replace("replicas: 3", "replicas: -1 # größer").replace("serviceName:", "serviceNme:");
  const { findings } = lint(yaml).value;
  const marked = findings.map(({ span: { start, end } }) => {
    assert.equal(start.line, end.line);
    return [...yaml.split("\n")[start.line - 1]].slice(start.column - 1, end.column - 1).join("");
  });
  // The field that is missing now is said at what it belongs to: the text has a headless Service.
  assert.deepEqual(marked, ["spec", "serviceNme", "-1"]);
  assert.deepEqual(findings.map(({ severity }) => severity), ["note", "warning", "error"]);
  assert.equal(findings[1].remedy, "did you mean `serviceName`?");

  assert.deepEqual(lint(WEB).value.findings, []);
  const changed = WEB.replace("serviceName: web", "serviceName: other");
  const refused = (kubernetes) => lint(changed, { from: WEB, kubernetes }).value.findings[0].message;
  assert.match(refused("1.36"), /^spec: Forbidden: updates to statefulset spec/);
  assert.equal(refused("1.37"), 'spec.serviceName: Invalid value: "other": field is immutable');
  assert.match(lint("a: [").value.findings[0].rule, /^Unreadable$/);
  assert.throws(() => lint(WEB, { from: 5 }), thrown("wrongArgument"));
  assert.equal(lint(WEB, { kubernetes: "1.12" }).error.code, "profile");
});

test("what would be stored has its defaults, and what would be refused has its lines", () => {
  const stored = defaulted(WEB, { kubernetes: "1.36" }).value;
  assert.equal(stored.object.spec.revisionHistoryLimit, 10);
  assert.deepEqual(defaulted(stored.object, { kubernetes: "1.36" }).value.object, stored.object);
  const { error } = defaulted(WEB.replace("replicas: 3", "replicas: -1"));
  assert.deepEqual(error.causes.map(({ field, line }) => [field, line]), [["spec.replicas", line("replicas: 3")]]);
  assert.equal(defaulted("a: 1").error.code, "wrongKind");
});

test("a difference knows what means the same, what is refused, and what to do instead", () => {
  assert.deepEqual(diff(WEB, WEB.replace("storage: 1Gi", "storage: 1024Mi")).value.changes, []);
  const image = diff(WEB, WEB.replace("nginx:1.28", "nginx:1.29")).value;
  assert.deepEqual(
    image.changes.map(({ field, allowed, revision, restarts, span }) => [field, allowed, revision, restarts, span.start.line]),
    [["spec.template.spec.containers[0].image", true, true, "rolling", line("nginx:1.28")]],
  );
  assert.equal(image.runbook, undefined);
  const larger = diff(WEB, WEB.replace("storage: 1Gi", "storage: 2Gi")).value;
  assert.deepEqual([larger.allowed, larger.changes[0].allowed, larger.runbook.advice], [false, false, "recommended"]);
  assert.ok(larger.runbook.steps.some(({ commands }) => commands.some((command) => command.includes("--cascade=orphan"))));
  assert.equal(diff(WEB, "a: 1").error.code, "wrongKind");
});

test("actions of plans and traces, and waits, have the words of the command line", () => {
  const wait = { code: "podRunningAndReady", kind: "Pod", name: "web-0", pod: "web-1", retry: false };
  const reason = { code: "rollingUpdate", from: "web-1", to: "web-2" };
  const record = { type: "DeletePod", name: "web-0", batch: 0, reason };
  assert.deepEqual(sentences([{ wait }, { record }, { action: record }, { action: { ...record, uid: "u" } }]).value, [
    "for Pod web-0 to be Running and Ready, before Pod web-1",
    "it has revision web-1, the update leads to web-2",
    "this plan makes it from revision web-1, the update leads to web-2",
    "it has revision web-1, the update leads to web-2",
  ]);
  assert.deepEqual(sentences([]).value, []);
  assert.match(sentences([{ wait }, { wait: { code: "boredom" } }]).error.message, /^\[1\]\.wait\.code: Unsupported value: "boredom": supported values: "podRunningAndReady"/);
  assert.throws(() => sentences(undefined), thrown("wrongArgument"));
});

const STUCK = readFileSync(new URL("../../../tests/recorded/web/repaired-but-stuck.yaml", import.meta.url), "utf8");

test("a set that is stuck has its blocker, and a remedy that leads out of it", () => {
  const { progress, diagnoses, leadsTo, set, ordinals } = explain(STUCK).value;
  assert.deepEqual([set, progress.code, progress.blocker, progress.pods], ["default/web", "blocked", "RollbackTrap", ["web-2"]]);
  assert.deepEqual(ordinals.map(({ state }) => state), ["available", "available", "pending"]);
  assert.deepEqual([leadsTo[0].outcome, leadsTo[0].lostClaims], ["stable", []]);
  assert.match(diagnoses[leadsTo[0].diagnosis].remedies[leadsTo[0].remedy].commands[0], /^kubectl delete .*pod web-2$/);
  assert.deepEqual(explain(STUCK, { play: false }).value.leadsTo, []);
  // The same as objects, and as an observation.
  const objects = read(STUCK).value.objects.map(({ object }) => object);
  assert.deepEqual(explain(objects), explain(STUCK));
  const of = (wanted) => objects.filter(({ kind }) => kind === wanted);
  const observation = {
    statefulSet: of("StatefulSet")[0], pods: of("Pod"), persistentVolumeClaims: of("PersistentVolumeClaim"),
    controllerRevisions: of("ControllerRevision"), services: of("Service"),
  };
  assert.deepEqual(explain(observation, { now: explain(STUCK).value.now }).value.progress, progress);
  assert.equal(explain(STUCK, { set: "other/web" }).error.code, "missing");
  assert.equal(explain("a: 1").error.code, "wrongKind");
  assert.throws(() => explain(STUCK, { set: 5 }), thrown("wrongArgument"));
});

test("a name that does not resolve has its reason, and a manifest has the names that there will be", () => {
  const { names, isPlanned } = dns(STUCK).value;
  assert.deepEqual(names.map(({ resolves }) => resolves), [true, true, false]);
  assert.deepEqual([isPlanned, dns(WEB).value.isPlanned], [false, true]);
  assert.ok(dns(WEB, { clusterDomain: "example.org" }).value.names.every(({ name }) => name.endsWith(".default.svc.example.org")));
  const asked = lookup(STUCK, "web-2.web", { from: "web-0", types: "A" }).value;
  assert.deepEqual([asked.resolves, asked.types, asked.asked[0].name], [false, ["A"], "web-2.web.default.svc.cluster.local"]);
  assert.match(asked.why, /web-2/);
  assert.equal(lookup(STUCK, "web-0.web").value.resolves, true);
  assert.equal(lookup(STUCK, "web-0.web", { types: "MX" }).error.code, "invalid");
  assert.equal(lookup(STUCK, "a b").error.code, "invalid");
  assert.equal(lookup(STUCK, "web", { from: "web-9" }).error.code, "missing");
});

test("admission names the claims that a change deletes, and warns where it cannot see", () => {
  const objects = read(STUCK).value.objects.map(({ object }) => object);
  const of = (wanted) => objects.filter(({ kind }) => kind === wanted);
  const stored = structuredClone(of("StatefulSet")[0]);
  stored.spec.persistentVolumeClaimRetentionPolicy = { whenScaled: "Delete", whenDeleted: "Retain" };
  const request = {
    uid: "r", operation: "UPDATE", resource: { group: "apps", version: "v1", resource: "statefulsets" }, subResource: "scale",
    namespace: "default", name: "web", object: { spec: { replicas: 1 } }, oldObject: { spec: { replicas: 3 } },
  };
  const context = { statefulSet: stored, pods: of("Pod"), persistentVolumeClaims: of("PersistentVolumeClaim") };
  const { allowed, code, message, violations } = review(request, context).value;
  assert.deepEqual([allowed, code, violations[0].claims], [false, 403, ["www-web-1", "www-web-2"]]);
  assert.match(message, /^P1: whenScaled is Delete: scaling in deletes www-web-1, www-web-2; .* annotate steadfast.dev\/allow: P1$/);
  const whole = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request };
  assert.deepEqual(review(JSON.stringify(whole), context).value, review(request, context).value);
  assert.equal(text.review(JSON.stringify(whole), JSON.stringify(context)), JSON.stringify(review(request, context)));
  assert.equal(review(request, context, { policies: { P1: "warn" } }).value.allowed, true);
  const blind = review(request, { statefulSet: stored }).value;
  assert.deepEqual([blind.allowed, blind.violations[0].isCertain], [true, false]);
  assert.match(blind.warnings.at(-1), /PersistentVolumeClaims could not be read/);
  assert.match(review(request).value.warnings[0], /not judged/);
  assert.deepEqual(review({}).error.causes.map(({ field }) => field), ["uid", "operation", "resource.resource"]);
  assert.equal(review(request, context, { policies: { P11: "deny" } }).error.code, "invalid");
  assert.equal(review(request, { pods: {} }).error.causes[0].field, "pods");
  assert.equal(review({ ...whole, apiVersion: "admission.k8s.io/v1beta1" }).error.code, "wrongKind");
  assert.throws(() => review(undefined), thrown("wrongArgument"));
});

test("versions part at a step and for a reason, or answer alike", () => {
  const story = readFileSync(new URL("../../../examples/incidents/137409.yaml", import.meta.url), "utf8");
  const { same, partings, versions } = compare({ scenario: story }, ["1.35.0", "1.37"]).value;
  assert.deepEqual([same, versions.length, partings.length], [false, 2, 1]);
  assert.deepEqual(partings[0].because.map(({ behaviour }) => behaviour), ["unavailableReplacedFirst"]);
  assert.ok(partings[0].because[0].reports.includes("k/k#137409"));
  assert.equal(compare({ objects: WEB }, ["1.36", "1.37"]).value.same, true);
  assert.equal(compare({ objects: WEB }, ["1.2"]).error.code, "profile");
  assert.equal(compare({ objects: WEB }, []).error.code, "invalid");
  assert.equal(compare({ objects: WEB }, [5]).error.causes[0].field, "versions[0]");
  assert.equal(compare({ scenario: "a: 1" }, ["1.37"]).ok, false);
  const gated = [{ kubernetes: "1.37", featureGates: { MaxUnavailableStatefulSet: false } }, { kubernetes: "1.37" }];
  assert.match(compare({ objects: WEB }, gated).value.versions[0].kubernetes, /^1\.37 with MaxUnavailableStatefulSet=false$/);
  assert.equal(compare({ objects: WEB }, [{ kubernetes: "1.33", featureGates: { Unheard: true } }]).error.code, "profile");
});

test("a change has its diagnoses", () => {
  const changed = WEB.replace("serviceName: web", "serviceName: other");
  assert.deepEqual(diff(WEB, changed).value.diagnoses.map(({ code }) => code), ["ImmutableChange"]);
  assert.deepEqual(diff(WEB, WEB).value.diagnoses, []);
});

/** The number of the line of WEB that holds this. */
function line(part) {
  return WEB.split("\n").findIndex((text) => text.includes(part)) + 1;
}

test("a handle that is told of one change decides as one that reads everything anew", () => {
  const before = settled(stableWorld(5));
  const handle = ObservationHandle.open(before).value;
  const after = structuredClone(before);
  after.pods[2].status.conditions[0].status = "False";
  after.statefulSet.spec.template.spec.containers[0].image = "nginx:2";
  after.pods.splice(4, 1);
  assert.deepEqual(handle.put([after.pods[2], after.statefulSet]), { ok: true, value: null });
  assert.deepEqual(handle.remove("Pod", "web-4"), { ok: true, value: true });
  assert.deepEqual(handle.remove("Pod", "web-4"), { ok: true, value: false });
  assert.deepEqual(handle.reconcile(), reconcile(after));
  const kubernetes = "1.33";
  assert.deepEqual(handle.reconcile({ kubernetes }), reconcile(after, { kubernetes }));
  assert.deepEqual(reconcile(handle.observation().value), reconcile(after));
  assert.equal(handle.put({ kind: "Pod", metadata: {} }).ok, false);
  assert.equal(handle.remove("Node", "node-1").error.causes[0].type, "FieldValueNotSupported");
  assert.deepEqual(handle.reconcile(), reconcile(after));
  handle.dispose();
  handle.dispose();
  assert.throws(() => handle.reconcile(), thrown("disposed"));
});

test("a simulation goes on as it was restored or forked, and its fork does not touch it", () => {
  const { statefulSet } = stableWorld(3);
  delete statefulSet.metadata.uid;
  const simulation = Simulation.begin({ objects: [statefulSet] }).value;
  assert.equal(simulation.run().value.ending, "rest");
  assert.ok(simulation.event({ deletePod: "web-1" }).ok);
  simulation.step();
  simulation.step(2);
  const snapshot = JSON.parse(JSON.stringify(simulation.snapshot()));
  assert.deepEqual(snapshot.calls.at(-1), { step: 3 });
  const fork = simulation.fork().value;
  fork.event({ scale: { name: "web", replicas: 1 } });
  fork.run();
  assert.equal(fork.objects({ kind: "Pod" }).value.length, 1);
  simulation.run();
  assert.equal(simulation.objects({ kind: "Pod" }).value.length, 3);
  const again = Simulation.restore(snapshot).value;
  again.run();
  assert.deepEqual(again.trace(), simulation.trace());
  assert.deepEqual(again.trace(100).value, simulation.trace().value.slice(100));
  assert.equal(simulation.plan("web").value.actions.length, 0);
  assert.equal(simulation.plan("nowhere/web").error.code, "missing");
  assert.equal(simulation.event({ scale: { name: "web", replicas: -1 } }).ok, false);
  assert.throws(() => Simulation.restore({ calls: [] }), thrown("wrongArgument"));
  [simulation, fork, again].forEach((one) => one.dispose());
});

test("memory returns after ten thousand handles", () => {
  const world = JSON.stringify(settled(stableWorld(20)));
  const { statefulSet } = stableWorld(1);
  delete statefulSet.metadata.uid;
  const scenario = JSON.stringify({ objects: [statefulSet] });
  const open = () => {
    ObservationHandle.open(world).value.dispose();
    Simulation.begin(scenario).value.dispose();
  };
  for (let at = 0; at < 100; at += 1) {
    open();
  }
  const before = memory.buffer.byteLength;
  for (let at = 0; at < 10_000; at += 1) {
    open();
  }
  assert.equal(memory.buffer.byteLength, before);
});

test("handles that nobody disposed are collected with what they hold", async () => {
  const world = JSON.stringify(settled(stableWorld(50)));
  const opened = (count) => {
    for (let at = 0; at < count; at += 1) {
      assert.ok(ObservationHandle.open(world).ok);
    }
  };
  const collected = async () => {
    for (let at = 0; at < 5; at += 1) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  opened(200);
  await collected();
  const before = memory.buffer.byteLength;
  for (let at = 0; at < 10; at += 1) {
    opened(200);
    await collected();
  }
  assert.ok(memory.buffer.byteLength <= before * 1.5, `${before} became ${memory.buffer.byteLength}`);
});

test("the module imports only what the glue declares, and neither clock nor chance", () => {
  const module = new WebAssembly.Module(readFileSync(new URL("../dist/steadfast.wasm", import.meta.url)));
  const names = WebAssembly.Module.imports(module).map(({ name }) => name.replace(/_[0-9a-f]{16}$/, ""));
  assert.deepEqual(names.sort(), ["__wbg___wbindgen_throw", "__wbindgen_init_externref_table"]);
});
