import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { init, lint, type Finding } from "steadfast";
import { fixesOf } from "../src/editor/fixes.ts";

await init();

const WEB = readFileSync("../examples/web.yaml", "utf8");

function findings(text: string): readonly Finding[] {
  const linted = lint(text);
  assert.ok(linted.ok);
  return linted.value.findings;
}

function offset(text: string, place: { readonly line: number; readonly column: number } | undefined): number {
  const lines = text.split("\n");
  const before = lines.slice(0, (place?.line ?? 1) - 1).join("\n").length + ((place?.line ?? 1) > 1 ? 1 : 0);
  return before + [...(lines[(place?.line ?? 1) - 1] ?? "")].slice(0, (place?.column ?? 1) - 1).join("").length;
}

/** Applies the fix of this name for each finding that has one, until none has; what was found in the beginning, and the text. */
function fixed(broken: string, name: RegExp): { readonly found: readonly string[]; readonly text: string } {
  const found = findings(broken).map(({ message }) => message);
  let text = broken;
  for (let times = 0; times < 9; times += 1) {
    const fix = findings(text)
      .flatMap((finding) => fixesOf(finding, text, offset(text, finding.span?.start), offset(text, finding.span?.end)))
      .find((one) => name.test(one.name));
    if (fix === undefined) {
      assert.ok(times > 0, `no fix ${name} of ${JSON.stringify(findings(broken))}`);
      break;
    }
    text = text.slice(0, fix.change.from) + fix.change.insert + text.slice(fix.change.to);
  }
  return { found, text };
}

// Each is broken in one way: what is found, and the name of the fix after which nothing is.
const BROKEN: readonly (readonly [string, (text: string) => string, RegExp, RegExp])[] = [
  ["a misspelt field", (text) => text.replace("serviceName:", "serviceNme:"), /unknown field "spec\.serviceNme"/, /^Write serviceName$/],
  ["a misspelt field that goes", (text) => text.replace("  replicas: 3", "  replicas: 3\n  replcas: 3"), /unknown field/, /^Remove replcas$/],
  ["a misspelt value", (text) => text.replace("  replicas: 3", "  podManagementPolicy: Paralel\n  replicas: 3"), /must be 'OrderedReady' or 'Parallel'/, /^Write Parallel$/],
  ["a number in quotes", (text) => text.replace("replicas: 3", 'replicas: "3"'), /replicas/, /^Write 3$/],
  ["an octal mode in quotes", (text) => text.replace("      containers:", '      volumes:\n      - name: c\n        configMap: {name: c, defaultMode: "0644"}\n      containers:'), /defaultMode/, /^Write 0644$/],
  ["a boolean that should be a string", (text) => text.replaceAll("app: web", "app: yes"), /app/, /^Write "yes"$|^Write the Service's selector$/],
  ["a number that should be a string", (text) => text.replaceAll("app: web", "app: 010"), /app/, /^Write "010"$|^Write the Service's selector$/],
  ["a key that stands twice", (text) => text.replace("  replicas: 3", "  replicas: 5\n  replicas: 3"), /duplicate field/, /^Remove the first replicas$/],
  ["labels that the selector does not match", (text) => text.replace(/(matchLabels:\n\s+)app: web/, "$1app: web\n      tier: db"), /does not match/, /^Add tier: db$/],
  ["a label with another value", (text) => text.replace(/(template:[^]*?)app: web/, "$1app: wob"), /does not match/, /^Write app: web$/],
  ["a selector that is missing", (text) => text.replace(/ {2}selector:\n {4}matchLabels:\n {6}app: web\n/, ""), /spec\.selector: Required value/, /^Add selector$/],
  ["a retired version", (text) => text.replace("apps/v1", "apps/v1beta1"), /no matches for kind/, /^Write apps\/v1$/],
  ["a kind that is missing", (text) => text.replace("kind: StatefulSet\n", ""), /Kind.*missing/, /^Add kind: StatefulSet$/],
  ["a field in the wrong place", (text) => text.replace("  replicas: 3", "  image: nginx:1.29\n  replicas: 3").replace(/ {10}image: nginx:1\.28\n/, ""), /unknown field "spec\.image"/, /^Move it to spec\.template\.spec\.containers\[\]\.image$/],
  ["a name that is no label", (text) => text.replace(/(containers:\n\s+- name: )nginx/, "$1Nginx_Web"), /RFC 1123/, /^Write nginx-web$/],
  ["a Service that is not there", (text) => text.replace("serviceName: web", "serviceName: other"), /none is called `other`/, /^Add the headless Service other$/],
  ["a mount without a volume", (text) => text.replace("- name: www\n              mountPath", "- name: qqqqqqqq\n              mountPath"), /Not found/, /^Add an empty volume qqqqqqqq$/],
  ["pace of a strategy that has none", (text) => text.replace("  replicas: 3", "  updateStrategy:\n    type: OnDelete\n    rollingUpdate:\n      partition: 1\n  replicas: 3"), /only allowed for updateStrategy/, /^Remove rollingUpdate$/],
  ["access modes that are missing", (text) => text.replace(/ +accessModes:.*\n/, ""), /access/i, /^Add accessModes: \[ReadWriteOnce\]$/],
];

for (const [what, broken, finds, fix] of BROKEN) {
  test(`${what} is put right by one fix, and then nothing is found`, () => {
    const text = broken(WEB);
    assert.notEqual(text, WEB);
    const { found, text: mended } = fixed(text, fix);
    assert.ok(found.some((message) => finds.test(message)), JSON.stringify(found));
    assert.deepEqual(findings(mended).map(({ message }) => message), [], mended);
  });
}

test("the example has nothing to fix", () => {
  assert.deepEqual(findings(WEB), []);
});
