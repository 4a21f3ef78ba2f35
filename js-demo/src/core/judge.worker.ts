import { compare, diff, dns, explain, init, lint, lookup, read, type KubernetesObject } from "steadfast";
import { observedOf } from "../model/observed.ts";
import { serve, type Judge } from "./protocol.ts";

const judge: Judge = {
  lint: (yaml, version) => lint(yaml, version),
  diff(old, changed, version) {
    const answer = diff(old, changed, version);
    // Of several sets the first is meant; then no change has its line.
    return !answer.ok && answer.error.code === "ambiguous" ? diff(firstOf(old), firstOf(changed), version) : answer;
  },
  compare: (scenario, versions) => compare({ scenario }, versions),
  explain: (objects, set, when) => explain(observedOf(objects, set), when),
  dns: (objects, set) => dns(observedOf(objects, set)),
  lookup: (objects, set, name, from) => lookup(observedOf(objects, set), name, from === undefined ? {} : { from }),
};

/** The first StatefulSet of a text. */
function firstOf(yaml: string): KubernetesObject | string {
  const contents = read(yaml);
  return (contents.ok ? contents.value.objects.find(({ object }) => object.kind === "StatefulSet")?.object : undefined) ?? yaml;
}

serve(judge, init());
