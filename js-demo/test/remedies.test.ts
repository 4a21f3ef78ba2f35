import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { explain, init, read, Simulation, simulate, type Diagnosis, type Explained, type KubernetesObject, type Scenario } from "steadfast";
import { playsOf, triesOf, type Play, type Scene } from "../src/model/remedies.ts";
import { observedOf } from "../src/model/observed.ts";
import { keyOf, specOf, type SetSpec } from "../src/model/set.ts";
import { millisOf, parseScenario, scenarioOf, spanOf, storyOf, upTo, type Story } from "../src/model/story.ts";
import { gatesThatMatter } from "../src/model/versions.ts";
import { Film } from "../src/model/world.ts";

await init();

/** What can be played against what is wrong in a scenario at an instant. */
function looked(name: string, at: number, change: (text: string) => string = (text) => text) {
  const contents = read(change(readFileSync(`scenarios/${name}.yaml`, "utf8")));
  assert.ok(contents.ok);
  const scenario = contents.value.objects[0]?.object as unknown as Scenario & { objects: KubernetesObject[] };
  const story = parseScenario({ ...scenario, objects: "" }, () => "") as Story;
  const begun = Simulation.begin(scenario);
  assert.ok(begun.ok);
  begun.value.run(spanOf(at) as string);
  const objects = begun.value.objects();
  const trace = begun.value.trace();
  assert.ok(objects.ok && trace.ok);
  const film = new Film(trace.value, scenario.objects);
  const world = film.at(trace.value.length);
  const manifest = scenario.objects.find(({ kind }) => kind === "StatefulSet") ?? {};
  const spec = [...world.sets.values()][0] ?? specOf(manifest);
  const waits = world.said.get(keyOf(spec.namespace, spec.name))?.waits ?? [];
  const scene: Scene = { spec, pods: world.pods, waits, objects: objects.value, firstImages: specOf(manifest).images, story };
  const { diagnoses } = explained(objects.value, spec, story, at);
  const plays = (diagnosis: Diagnosis): Play[] => [...diagnosis.remedies.flatMap((remedy) => playsOf(remedy, scene)), ...triesOf(diagnosis, scene)];
  const found = diagnoses.flatMap((diagnosis) => plays(diagnosis).map((play) => ({ code: diagnosis.code, message: diagnosis.message, ...play })));
  return {
    scene,
    found: found.map(({ code, label }) => `${code}: ${label}`),
    /** How it ends once this is done, and nothing else. */
    ends(label: string) {
      const play = found.find((one) => `${one.code}: ${one.label}` === label);
      assert.ok(play, `${label} of ${JSON.stringify(found)}`);
      const after = play.how(upTo(story, at), at);
      const added = after.timeline.filter((event) => !story.timeline.includes(event));
      assert.ok(play.isVersion === true || (added.length > 0 && added.every((event) => millisOf(event.at) === at)));
      const played = simulate({ ...scenarioOf(after), objects: scenario.objects });
      assert.ok(played.ok, JSON.stringify(played));
      assert.deepEqual(played.value.trace.filter((entry) => entry.type === "scenario" && entry.error !== undefined), []);
      // What it was tried against is no longer said once all has come to rest.
      const rest = Simulation.begin({ ...scenarioOf(after), objects: scenario.objects });
      assert.ok(rest.ok);
      rest.value.run(spanOf(played.value.at) as string);
      const left = rest.value.objects();
      assert.ok(left.ok);
      const then = explained(left.value, spec, after, played.value.at);
      assert.deepEqual(then.diagnoses.filter(({ code }) => code === play.code && code !== "GoverningService").map(({ message }) => message), []);
      assert.deepEqual(then.diagnoses.filter(({ message }) => play.code === "GoverningService" && message === play.message), []);
      return played.value.ends[0]?.verdict.state;
    },
  };
}

// Stored while the gate was on: an API server takes no such set now.
const RECREATE = (text: string) => text.replace("serviceName: web\n", "serviceName: web\n      updateStrategy: {type: Recreate}\n").replace(/(kind: StatefulSet\n.*\n +name: web\n)/, "$1      uid: 6f1c7a52-0c7c-4f0e-9c5b-0d6f3f8a1b2c\n");
const TAKEN = (text: string) => text.replace("objects:\n", "objects:\n  - {apiVersion: v1, kind: Pod, metadata: {name: web-1, labels: {app: other}}, spec: {containers: [{name: a, image: b}]}}\n");
const BUDGET = (text: string) => text.replace("serviceName: web\n", "serviceName: web\n      updateStrategy: {rollingUpdate: {maxUnavailable: 2}}\n");
const NO_SERVICE = (text: string) => text.replace(/ {2}- apiVersion: v1\n {4}kind: Service\n[^]*?port: 80}]\n/, "");
const NO_PULL = (text: string) => `${text}timeline:\n  - {at: 0s, imageNeverPulls: "nginx:1.28"}\n`;

function explained(objects: readonly KubernetesObject[], spec: SetSpec, { kubernetes, featureGates }: Story, at: number): Explained {
  const answer = explain(observedOf(objects, `${spec.namespace}/${spec.name}`), { kubernetes, featureGates, now: new Date(Date.parse("2026-01-01T00:00:00Z") + at).toISOString() });
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.value;
}

const CASES: readonly (readonly [string, number, string, string, ((text: string) => string)?])[] = [
  ["rollback-trap", 60_000, "RollbackTrap: Roll the template back to nginx:1.28", "stable"],
  ["rollback-trap", 180_000, "RollbackTrap: Play it", "stable"],
  ["node-lost", 400_000, "NodeLost: Bring node-2 back", "stable", (text) => text.replace(/\n {2}- \{at: \S+, node: \{name: \S+, state: up.*/, "")],
  ["claim-stuck", 20_000, "PodNotReady: Bind the volumes of web-1", "stable"],
  ["parallel-budget-stuck", 60_000, "ParallelBudgetStuck: Play the story under 1.37", "stable"],
  ["parallel-budget-stuck", 60_000, "ParallelBudgetStuck: Play it", "stable"],
  ["node-lost", 400_000, "NodeLost: Play it", "stable", (text) => text.replace(/\n {2}- \{at: \S+, node: \{name: \S+, state: up.*/, "")],
  ["canary", 25_000, "PartitionOffset: Set the partition to 0", "stable", (text) => text.replace(/partition: \d+/g, "partition: 9")],
  ["first-steps", 60_000, "PodNotReady: Push the image nginx:1.28", "stable", NO_PULL],
  ["first-steps", 60_000, "GoverningService: Add the headless Service web", "stable", NO_SERVICE],
  ["rolling-update", 14_000, "BudgetSerial: Set maxUnavailable to 1", "stable", BUDGET],
  ["scale-down-blocked", 60_000, "ScaleDownBlocked: Scale back up to 4", "blocked", (text) => text.replace(/\n.*ready: web-0}\s*$/, "\n")],
  ["first-steps", 10_000, "ControllerStopped: Play the story with the gate StatefulSetRecreateStrategy", "stable", RECREATE],
  ["first-steps", 10_000, "ControllerStopped: Use the strategy RollingUpdate", "stable", RECREATE],
  ["first-steps", 10_000, "ControllerStopped: Delete the Pod web-1 that is in the way", "stable", TAKEN],
  ["crash-loop", 60_000, "PodNotReady: Mend what web-1 needs", "stable"],
  ["scale-down-blocked", 60_000, "ScaleDownBlocked: Mend what web-0 needs", "stable"],
];

for (const [name, at, label, state, change] of CASES) {
  test(`${name}: "${label}" is offered, and leads where it should`, () => {
    const { found, ends } = looked(name, at, change);
    assert.ok(found.includes(label), JSON.stringify(found));
    assert.equal(ends(label), state);
  });
}

test("node-lost: the node that is said to be off, and the Pod that is deleted by force, are played each by one click", () => {
  const { found, scene } = looked("node-lost", 400_000);
  assert.equal(found.filter((one) => one === "NodeLost: Play it").length, 2, JSON.stringify(found));
  const played = (command: string) => playsOf({ sentence: "", actions: [], commands: [command] }, scene)[0]?.how(scene.story, 400_000).timeline.at(-1);
  assert.deepEqual(played("kubectl delete -n default pod web-1 --force --grace-period=0"), { deletePod: { name: "web-1", grace: 0 }, at: "6m40s" });
  const tainted = played("kubectl taint nodes node-2 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute") as { apply: KubernetesObject };
  assert.equal(tainted.apply.kind, "Node");
  assert.deepEqual((tainted.apply.spec as { taints: object[] }).taints.at(-1), { key: "node.kubernetes.io/out-of-service", value: "nodeshutdown", effect: "NoExecute" });
  const retained = played(`kubectl patch -n default statefulset web -p '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Retain"}}}'`) as { apply: KubernetesObject };
  assert.equal((retained.apply.spec as { persistentVolumeClaimRetentionPolicy: { whenScaled: string } }).persistentVolumeClaimRetentionPolicy.whenScaled, "Retain");
  assert.equal("status" in retained.apply || "uid" in (retained.apply.metadata ?? {}), false);
  assert.deepEqual(played("kubectl scale -n default statefulset web --replicas=5"), { scale: { name: "web", replicas: 5 }, at: "6m40s" });
  // What is for looking is no button, and neither is half of what is to be done.
  for (const commands of [["kubectl describe node node-2"], ["kubectl apply -f FILE", "kubectl delete -n default pod web-1"], []]) {
    assert.deepEqual(playsOf({ sentence: "", actions: [], commands }, scene), []);
  }
});

test("a gate can be tried where it can make another story: where something in it bears on it, or where somebody has switched it", () => {
  const matter = (spec: object, story: object = {}) => Object.keys(gatesThatMatter({ ...storyOf(""), ...story }, [{ apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "web" }, spec }]));
  assert.deepEqual(matter({}), []);
  assert.deepEqual(matter({ podManagementPolicy: "Parallel" }), ["MaxUnavailableStatefulSet"]);
  assert.deepEqual(matter({ updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } }), ["MaxUnavailableStatefulSet"]);
  assert.deepEqual(matter({ podManagementPolicy: "Parallel", updateStrategy: { type: "OnDelete" } }), []);
  assert.deepEqual(matter({ updateStrategy: { type: "Recreate" } }), ["StatefulSetRecreateStrategy"]);
  assert.deepEqual(matter({ updateStrategy: { type: "Recreate" } }, { kubernetes: "1.36" }), []);
  assert.deepEqual(matter({}, { featureGates: { StatefulSetRecreateStrategy: true } }), ["StatefulSetRecreateStrategy"]);
  assert.deepEqual(matter({}, { settings: { watch: "1s" } }), ["StaleControllerConsistencyStatefulSet"]);
  const applied = { at: "1s", apply: { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "web" }, spec: { updateStrategy: { type: "Recreate" } } } };
  assert.deepEqual(matter({}, { timeline: [applied] }), ["StatefulSetRecreateStrategy"]);
});

test("what waits for a condition, such as one Pod after the other, is no button: a timeline has none", () => {
  const { scene } = looked("node-lost", 400_000);
  assert.deepEqual(playsOf({ sentence: "", actions: [{ type: "RecreatePods", start: 0, replicas: 3 }], commands: [] }, scene), []);
  assert.equal(playsOf({ sentence: "", actions: [{ type: "DeletePod", pod: "web-1" }], commands: [] }, scene).length, 1);
});
