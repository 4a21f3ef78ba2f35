import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { init, read, sentences, simulate, write, type KubernetesObject, type Scenario } from "steadfast";
import { caseOf } from "../src/model/case.ts";
import { reasonOf, toldOf, waitOf, type Clauses } from "../src/model/words.ts";

await init();

const CASES = "../tests/cases/playground";
const NAMES = readdirSync("scenarios").filter((file) => file.endsWith(".yaml")).map((file) => file.replace(".yaml", ""));

function storyOf(name: string) {
  const text = readFileSync(`scenarios/${name}.yaml`, "utf8");
  const [played, contents] = [simulate(text), read(text)];
  assert.ok(played.ok && contents.ok);
  const told = toldOf(played.value.trace);
  const said = sentences([...told.values()]);
  assert.ok(said.ok);
  const clauses: Clauses = new Map([...told.keys()].map((key, index) => [key, said.value[index] ?? ""]));
  return { scenario: contents.value.objects[0]?.object as unknown as Scenario & { objects: KubernetesObject[] }, played: played.value, clauses };
}

/** As the page exports it. */
function exported(name: string): string {
  const { scenario, played, clauses } = storyOf(name);
  const { name: _, description = "", ...input } = scenario;
  const yaml = write({ ...input, timeline: input.timeline ?? [] });
  assert.ok(yaml.ok);
  return caseOf(description, yaml.value, played, clauses);
}

test("every reason and wait of every scenario has the core's words, and instants are told in virtual time", () => {
  for (const name of NAMES) {
    const { played, clauses, scenario } = storyOf(name);
    const epoch = Date.parse(scenario.now ?? "2026-01-01T00:00:00Z");
    for (const entry of played.trace) {
      if (entry.type === "action") {
        assert.match(reasonOf(clauses, entry.action), / /, `${name}: ${entry.action.reason.code}`);
      } else if (entry.type === "waits") {
        for (const wait of entry.waits) {
          assert.match(waitOf(clauses, wait, epoch), /^(for|to|below) (?!.*\d\d:\d\d:\d\d)/, `${name}: ${wait.code}`);
        }
      }
    }
  }
});

// Three hundred Pods are the same lines a hundred times.
for (const name of NAMES.filter((one) => one !== "three-hundred")) {
  test(`${name}: the exported case is the one that \`cargo test -p steadfast-tests --test cases\` plays again`, () => {
    const [file, is] = [`${CASES}/${name}.txt`, exported(name)];
    if (process.env.STEADFAST_REWRITE === "1") {
      mkdirSync(CASES, { recursive: true });
      writeFileSync(file, is);
    }
    assert.equal(is, existsSync(file) ? readFileSync(file, "utf8") : "", `${file}; STEADFAST_REWRITE=1 writes it anew`);
  });
}
