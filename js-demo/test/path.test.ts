import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOf } from "../src/editor/path.ts";

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
