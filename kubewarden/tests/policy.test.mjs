// The policy as it is shipped, called by a host. `cargo xtask kubewarden` builds it and runs this.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { answering, Policy } from "./host.mjs";

const module = new WebAssembly.Module(readFileSync(process.env.STEADFAST_POLICY));

const set = (replicas) => ({
  apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "db", namespace: "shop", uid: "u" },
  spec: {
    replicas, serviceName: "db", selector: { matchLabels: { app: "db" } },
    persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete", whenDeleted: "Retain" },
    template: {
      metadata: { labels: { app: "db" } },
      spec: { containers: [{ name: "db", image: "db", volumeMounts: [{ name: "data", mountPath: "/data" }] }] },
    },
    volumeClaimTemplates: [{ metadata: { name: "data" }, spec: {} }],
  },
});
const named = (kind, name) => ({ kind, metadata: { name, namespace: "shop" } });
const service = { kind: "Service", metadata: { name: "db", namespace: "shop" }, spec: { clusterIP: "None", selector: { app: "db" } } };
const cluster = () => ({
  statefulSet: set(3),
  pods: [0, 1, 2].map((n) => named("Pod", `db-${n}`)),
  persistentVolumeClaims: [0, 1, 2].map((n) => named("PersistentVolumeClaim", `data-db-${n}`)),
  services: [service], podDisruptionBudgets: [], workloads: [set(3)],
});
const request = (operation, object, oldObject, more = {}) => ({
  uid: "r", kind: { group: "apps", version: "v1", kind: "StatefulSet" }, resource: { group: "apps", version: "v1", resource: "statefulsets" },
  name: "db", namespace: "shop", operation, userInfo: { username: "me", groups: ["system:authenticated"] }, object, oldObject, dryRun: false, ...more,
});
const scaling = (from, to) =>
  request("UPDATE", { kind: "Scale", spec: { replicas: to } }, { kind: "Scale", spec: { replicas: from } }, { subResource: "scale" });

/** The policy's answer. */
function validate(request, context = cluster(), settings = {}, asked = []) {
  return JSON.parse(new Policy(module, answering(context, asked)).call("validate", JSON.stringify({ request, settings })));
}

test("the module asks for nothing but waPC, and has its metadata in it", () => {
  const imports = WebAssembly.Module.imports(module);
  assert.ok(imports.length > 0 && imports.every(({ module, kind }) => module === "wapc" && kind === "function"), JSON.stringify(imports));
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  assert.ok(["memory", "wapc_init", "__guest_call"].every((name) => exports.includes(name)), exports.join());
  const [section, ...others] = WebAssembly.Module.customSections(module, "io.kubewarden.metadata");
  assert.equal(others.length, 0);
  const metadata = JSON.parse(new TextDecoder().decode(section));
  assert.equal(metadata.protocolVersion, "v1");
  assert.deepEqual(metadata.rules.flatMap(({ resources }) => resources), ["statefulsets", "statefulsets/scale"]);
});

test("it says which protocol it speaks, and refuses an operation that it does not know", () => {
  const policy = new Policy(module, answering({}));
  assert.equal(policy.call("protocol_version", ""), '"v1"');
  assert.throws(() => policy.call("judge", "{}"), /judge/);
  assert.equal(policy.call("protocol_version", "{}"), '"v1"');
});

test("settings are taken or refused with each field at fault", () => {
  const policy = new Policy(module, answering({}));
  const answer = (settings) => JSON.parse(policy.call("validate_settings", settings));
  for (const good of ["{}", "null", '{"policies": {"P1": "warn"}, "kubernetes": "1.36", "quorum": 2}']) {
    assert.deepEqual(answer(good), { valid: true }, good);
  }
  const bad = answer('{"policies": {"P1": "perhaps", "P11": "deny"}, "quorum": -1}');
  assert.equal(bad.valid, false);
  assert.match(bad.message, /^policies\.P1: .*; policies: .*P11.*; quorum: /);
  assert.match(answer('{"kubernetes": "1.2"}').message, /1\.2/);
  assert.match(answer("{").message, /^not JSON/);
});

test("a scale that deletes claims is denied by what the host says, and asks for no more than it needs", () => {
  const asked = [];
  const answer = validate(scaling(3, 1), cluster(), {}, asked);
  assert.deepEqual([answer.accepted, answer.code], [false, 403]);
  assert.match(answer.message, /deletes data-db-1, data-db-2;/);
  assert.equal(answer.audit_annotations.violations, "P1=deny P10=warn");
  assert.deepEqual(asked.sort(), [
    "kubewarden kubernetes get_resource apps/v1 StatefulSet",
    // Fewer replicas may be too few for a budget.
    "kubewarden kubernetes list_resources_by_namespace policy/v1 PodDisruptionBudget",
    "kubewarden kubernetes list_resources_by_namespace v1 PersistentVolumeClaim",
    "kubewarden kubernetes list_resources_by_namespace v1 Pod",
  ]);
  const warned = validate(scaling(3, 1), cluster(), { policies: { P1: "warn", P10: "off" } });
  assert.deepEqual([warned.accepted, warned.warnings.length], [true, 1]);
  assert.deepEqual(validate(scaling(3, 4)), { accepted: true });
});

test("updates, deletions and creations are judged", () => {
  assert.match(validate(request("UPDATE", set(1), set(3))).message, /data-db-1/);
  const gone = set(3);
  gone.spec.persistentVolumeClaimRetentionPolicy.whenDeleted = "Delete";
  const deletion = (propagationPolicy) =>
    validate(request("DELETE", null, gone, { options: { kind: "DeleteOptions", propagationPolicy } }));
  assert.deepEqual([deletion("Background").accepted, deletion("Orphan").accepted], [false, true]);
  const created = validate(request("CREATE", { ...set(3), spec: { ...set(3).spec, serviceName: "other" } }, null));
  assert.deepEqual([created.accepted, created.warnings], [true, ["P9: Service other does not exist: the Pods' names do not resolve until it does"]]);
  assert.deepEqual(validate(request("CREATE", set(3), null, { resource: { group: "apps", version: "v1", resource: "deployments" } })), { accepted: true });
});

test("what the host refuses, or answers in no way that can be read, warns and denies nothing", () => {
  const { pods, persistentVolumeClaims, ...blind } = cluster();
  const answer = validate(scaling(3, 1), blind);
  assert.equal(answer.accepted, true);
  assert.ok(answer.warnings.includes("PersistentVolumeClaims could not be read, and so are not judged"), answer.warnings.join("\n"));
  assert.match(validate(scaling(3, 1), {}).warnings[0], /could not be read/);
  for (const nonsense of ["", "{", "[]", '{"items": 5}', "null", '{"items": [5, null, {"metadata": []}]}']) {
    const policy = new Policy(module, () => nonsense);
    const payload = JSON.stringify({ request: request("UPDATE", set(1), set(3)), settings: null });
    const { accepted, warnings } = JSON.parse(policy.call("validate", payload));
    assert.equal(accepted, true, nonsense);
    assert.ok(warnings.length > 0, nonsense);
  }
});

test("a missing serviceName is filled in where the settings say so", () => {
  const nameless = set(3);
  delete nameless.spec.serviceName;
  const answer = validate(request("CREATE", nameless, null), cluster(), { fillServiceName: true });
  assert.deepEqual(answer.mutated_object, { ...nameless, spec: { ...nameless.spec, serviceName: "db" } });
  assert.equal(validate(request("CREATE", nameless, null)).mutated_object, undefined);
});

test("payloads that cannot be read are refused with a reason, and the policy goes on", () => {
  const policy = new Policy(module, answering(cluster()));
  const deep = `{"request": ${'{"object":'.repeat(5_000)}1${"}".repeat(5_001)}`;
  for (const payload of ["", "{", "[]", "null", "{}", '{"request": {"uid": 1}}', deep, new Uint8Array([0xff, 0xfe])]) {
    const { accepted, code, message } = JSON.parse(policy.call("validate", payload));
    assert.deepEqual([accepted, code], [false, 400]);
    assert.ok(message.length > 0);
  }
  const settings = JSON.parse(policy.call("validate", JSON.stringify({ request: scaling(3, 1), settings: { policies: 5 } })));
  assert.deepEqual([settings.accepted, settings.code], [false, 500]);
  assert.equal(JSON.parse(policy.call("validate", JSON.stringify({ request: scaling(3, 1) }))).code, 403);
});

test("a thousand calls take no more memory than a hundred, and a large request no more than it needs", () => {
  const policy = new Policy(module, answering(cluster()));
  const payload = JSON.stringify({ request: request("UPDATE", set(1), set(3)), settings: {} });
  const repeat = (times) => {
    for (let at = 0; at < times; at += 1) {
      policy.call("validate", payload);
    }
    return policy.memory;
  };
  assert.equal(repeat(100), repeat(1_000));
  const large = set(3);
  large.metadata.annotations = { note: "x".repeat(1_500_000) };
  const answer = JSON.parse(policy.call("validate", JSON.stringify({ request: request("CREATE", large, null), settings: {} })));
  assert.equal(answer.accepted, true);
  assert.ok(policy.memory < 64 << 20, `${policy.memory}`);
});
