import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { explain, init, read, Simulation, simulate, type Diagnosis, type KubernetesObject, type Scenario } from "steadfast";
import { playsOf, triesOf, type Play, type Scene } from "../src/model/remedies.ts";
import { specOf } from "../src/model/set.ts";
import { millisOf, parseScenario, scenarioOf, spanOf, upTo, type Story } from "../src/model/story.ts";
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
  const scene: Scene = { spec, pods: world.pods, objects: objects.value, firstImages: specOf(manifest).images, story };
  const answer = explain(objects.value, { set: `${spec.namespace}/${spec.name}`, kubernetes: story.kubernetes, featureGates: story.featureGates, now: new Date(Date.parse("2026-01-01T00:00:00Z") + at).toISOString() });
  assert.ok(answer.ok, JSON.stringify(answer));
  const plays = (diagnosis: Diagnosis): Play[] => [...diagnosis.remedies.flatMap((remedy) => playsOf(remedy, scene)), ...triesOf(diagnosis, scene)];
  const found = answer.value.diagnoses.flatMap((diagnosis) => plays(diagnosis).map((play) => ({ code: diagnosis.code, ...play })));
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
      return played.value.ends[0]?.verdict.state;
    },
  };
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
