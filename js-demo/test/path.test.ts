import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOf, whereIs } from "../src/editor/path.ts";
import { fieldAt, fieldsAt, typeOf } from "../src/editor/schema.ts";

const TEXT = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  replicas: 9
---
# a set
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: web
spec:
  replicas: 3
  updateStrategy:
    rollingUpdate:
      partition: 1
  template:
    spec:
      containers:
        - name: nginx
          readinessProbe:
            periodSeconds: 5
      terminationGracePeriodSeconds: 10
  volumeClaimTemplates:
  - metadata: {name: www}
`;

test("a field is found in the set, not in the Service before it", () => {
  assert.equal(lineOf(TEXT, "spec.replicas"), 14);
  assert.equal(lineOf(TEXT, "spec.updateStrategy.rollingUpdate.partition"), 17);
  assert.equal(lineOf(TEXT, "spec.template.spec.terminationGracePeriodSeconds"), 24);
  assert.equal(lineOf(TEXT, "spec.volumeClaimTemplates"), 25);
  assert.equal(lineOf(TEXT, "spec.template.spec.containers[0].readinessProbe"), 22);
});

test("where a field is not written, the nearest one around it is shown", () => {
  assert.equal(lineOf(TEXT, "spec.minReadySeconds"), 13);
  assert.equal(lineOf(TEXT, "spec.updateStrategy.type"), 15);
  assert.equal(lineOf("kind: Pod\n", "spec.replicas"), undefined);
});

const SET = `apiVersion: v1
kind: Service
metadata:
  name: web
---
apiVersion: apps/v1
kind: StatefulSet
spec:
  replicas: 3

  template:
    spec:
      containers:
      - name: nginx
        image: nginx

      - name: other

  volumeClaimTemplates:
    - metadata:
        name: www
      spec:
        resources:
          requests:
            storage: 1Gi
`.split("\n");

test("where a key stands is told by its kind, the keys around it, and those beside it", () => {
  const at = (line: number, column: number) => {
    const { kind, path, beside } = whereIs(SET, line - 1, column);
    return [kind, path.join("."), [...beside].join()];
  };
  assert.deepEqual(at(10, 2), ["StatefulSet", "spec", "replicas,template,volumeClaimTemplates"]);
  assert.deepEqual(at(10, 0), ["StatefulSet", "", "spec,kind,apiVersion"]);
  assert.deepEqual(at(16, 8), ["StatefulSet", "spec.template.spec.containers", "image,name"]);
  assert.deepEqual(at(17, 8), ["StatefulSet", "spec.template.spec.containers", ""]);
  assert.deepEqual(at(18, 8), ["StatefulSet", "spec.template.spec.containers", "name"]);
  assert.deepEqual(at(25, 12), ["StatefulSet", "spec.volumeClaimTemplates.spec.resources.requests", ""]);
  assert.deepEqual(at(4, 2), ["Service", "metadata", ""]);
});

test("at every place the fields are those of the core's schema, with their types, values, defaults and versions", () => {
  const names = (kind: string, path: string) => fieldsAt(kind, path.split(".").filter(Boolean)).map(({ name }) => name);
  assert.ok(names("StatefulSet", "spec").includes("persistentVolumeClaimRetentionPolicy"));
  assert.ok(names("StatefulSet", "spec.template.spec").includes("topologySpreadConstraints"));
  assert.ok(names("StatefulSet", "spec.template.spec.containers.readinessProbe.httpGet").includes("scheme"));
  assert.ok(names("StatefulSet", "spec.volumeClaimTemplates.spec").includes("storageClassName"));
  assert.ok(names("Service", "spec.ports").includes("targetPort"));
  assert.deepEqual(names("StatefulSet", "spec.volumeClaimTemplates.spec.resources.requests"), ["storage"]);
  assert.deepEqual(names("StatefulSet", "spec.selector.matchLabels"), []);
  assert.deepEqual(names("StatefulSet", "spec.constructor"), []);
  assert.deepEqual(names("constructor", ""), names("", ""));
  const typed = (path: string, kind = "StatefulSet") => typeOf(fieldAt(kind, path.split(".")) ?? assert.fail(path));
  assert.equal(typed("spec.replicas"), "whole number, default 1");
  assert.equal(typed("spec.podManagementPolicy"), "OrderedReady or Parallel, default OrderedReady");
  assert.equal(typed("spec.template.spec.containers"), "list of Container");
  assert.equal(typed("spec.template.spec.nodeSelector"), "keys with string");
  assert.match(typed("spec.template.spec.containers.env.valueFrom.fileKeyRef"), /from 1\.34 on$/);
  assert.equal(fieldAt("StatefulSet", ["spec", "selector", "matchLabels", "app"]), undefined);
  assert.equal(fieldAt("StatefulSet", ["status"]), undefined);
});

test("what is said of fields is said of fields that there are", async () => {
  const { DOCS, BESIDE, USUAL } = await import("../src/editor/docs.ts");
  const { default: made } = await import("../src/editor/schema.json");
  const structs: Record<string, object> = { ...made, ...BESIDE };
  const unknown = [...Object.keys(DOCS), ...Object.keys(USUAL)].filter((key) => {
    const [struct = "", field = ""] = key.split(".");
    return structs[struct] === undefined || !Object.hasOwn(structs[struct], field);
  });
  assert.deepEqual(unknown, []);
});
