// An instance that breaks off, here because its memory is full, is replaced, and handles stand where they stood.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { initSync, ObservationHandle, plan, reconcile, simulate, Simulation, text } from "../dist/node.js";
import { limited, watchInstances } from "./memory.mjs";
import { stableWorld } from "./worlds.mjs";

let instances = 0;
watchInstances(() => (instances += 1));
const module = readFileSync(new URL("../dist/steadfast.wasm", import.meta.url));
initSync(limited(module, 160));

/** More than ten megabytes hold once they are parsed. */
const huge = () => JSON.stringify({ ...stableWorld(1), pods: Array(20_000).fill({ metadata: { name: "a", labels: { a: "b" } } }) });

test("the answer is tagged and says that the instance broke off, and the next call works", () => {
  const world = JSON.stringify(stableWorld(2));
  const before = text.reconcile(world);
  for (let round = 1; round <= 3; round += 1) {
    const had = instances;
    const answer = reconcile(huge());
    assert.equal(answer.ok, false);
    assert.equal(answer.error.code, "trap");
    assert.match(answer.error.message, /broke off .* replaced/);
    assert.equal(instances, had + 1);
    assert.equal(text.reconcile(world), before);
  }
  assert.equal(plan({ objects: `${"a: [".repeat(100)}\n` }).error.code, "unreadable");
  assert.equal(simulate("{").ok, false);
});

test("handles are replayed: what was put into them before is there, what broke off is not", () => {
  const world = stableWorld(3);
  const handle = ObservationHandle.open(world, { kubernetes: "1.34" }).value;
  const pod = handle.reconcile().value.actions.find(({ type }) => type === "CreatePod").object;
  pod.metadata.uid = "pod";
  assert.ok(handle.put(pod).ok);
  assert.ok(handle.put({ kind: "Pod", metadata: { name: "other-0", namespace: "default", uid: "other" } }).ok);
  assert.ok(handle.remove("Pod", "other-0").value);
  const decided = handle.reconcileText();

  const { statefulSet } = stableWorld(2);
  delete statefulSet.metadata.uid;
  const simulation = Simulation.begin({ objects: [statefulSet] }).value;
  simulation.run();
  simulation.event({ deletePod: "web-0" });
  simulation.step(4);
  const [trace, fork] = [simulation.trace(), simulation.fork().value];

  assert.equal(handle.put(JSON.stringify(JSON.parse(huge()).pods.map((one) => ({ kind: "Pod", ...one })))).error.code, "trap");
  assert.equal(handle.reconcileText(), decided);
  assert.deepEqual(simulation.trace(), trace);
  assert.deepEqual(fork.trace(), trace);
  assert.deepEqual(simulation.run(), fork.run());

  // What was made before the break belongs to no instance any more: giving it back must not touch the new one.
  assert.equal(reconcile(huge()).error.code, "trap");
  handle.dispose();
  fork.dispose();
  assert.deepEqual(simulation.trace(0).ok, true);
});

test("deltas are kept in proportion to what is observed", () => {
  const world = stableWorld(1);
  const handle = ObservationHandle.open(world).value;
  const pod = handle.reconcile().value.actions.find(({ type }) => type === "CreatePod").object;
  pod.metadata.annotations = { note: "x".repeat(1_000) };
  for (let at = 0; at < 500; at += 1) {
    pod.metadata.uid = `pod-${at}`;
    assert.ok(handle.put(pod).ok);
  }
  const decided = handle.reconcileText();
  assert.equal(reconcile(huge()).error.code, "trap");
  assert.equal(handle.reconcileText(), decided);
});
