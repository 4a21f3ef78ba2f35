// Quick fixes: what a finding's remedy says, done to the text.

import type { Finding } from "steadfast";
import { Blocks, type Change, keyOf } from "./block.ts";

/** A fix as it is offered. */
export interface Fix {
  readonly name: string;
  readonly change: Change;
}

/** The fixes for a finding; `from` and `to` are the offsets of what it points at. */
export function fixesOf({ remedy = "", rule, field }: Pick<Finding, "remedy" | "rule" | "field">, text: string, from: number, to: number): Fix[] {
  const line = text.slice(0, from).split("\n").length - 1;
  const blocks = new Blocks(text, line);
  const quoted = [...remedy.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
  const [first = "", second = ""] = quoted;
  const put = (name: string, path: string, lines: readonly string[]): Fix[] => {
    const change = blocks.with(path, lines);
    return change === undefined ? [] : [{ name, change }];
  };
  const write = (word: string): Fix[] => (from < to ? [{ name: `Write ${word}`, change: { from, to, insert: requoted(text.slice(from, to), word) } }] : []);
  const remove = (path = field): Fix[] => {
    const block = blocks.find(path) ?? (keyOf(blocks.lines[line] ?? "")[0] === undefined ? undefined : blocks.at(line));
    return block === undefined || path === "" ? [] : [{ name: `Remove ${path.slice(path.lastIndexOf(".") + 1)}`, change: blocks.without(block) }];
  };
  if (rule === "DuplicateField") {
    const same = blocks.namesakes(line);
    const name = keyOf(blocks.lines[line] ?? "")[0];
    return same.length < 2 || same[0] === undefined ? [] : [{ name: `Remove the first ${name}`, change: blocks.without(same[0]) }];
  }
  if (/^did you mean /.test(remedy)) {
    return [...write(first), ...(rule === "UnknownField" ? remove() : [])];
  }
  if (/is a boolean in YAML: write|is the number .* in YAML: write/.test(remedy)) {
    return write(quoted.at(-1) ?? "");
  }
  if (/^write it in quotes: |^write it without quotes: |, without quotes$|^`[^`]+` would do$|^write `[^`:]+`$/.test(remedy)) {
    return quoted.length > 1 ? quoted.flatMap(write) : write(first);
  }
  if (remedy === "write `apiVersion: apps/v1`") {
    const known = blocks.find("apiVersion");
    return known === undefined ? top(blocks, "apiVersion: apps/v1") : [{ name: "Write apps/v1", change: { from: blocks.offset(known.line), to: blocks.offset(known.line + 1), insert: "apiVersion: apps/v1\n" } }];
  }
  if (remedy.startsWith("add `kind: StatefulSet`")) {
    return top(blocks, "kind: StatefulSet");
  }
  if (remedy.startsWith("put a line `---`")) {
    return [{ name: "Put --- before it", change: { from: blocks.offset(line), to: blocks.offset(line), insert: "---\n" } }];
  }
  if (/^remove `rollingUpdate`, or write/.test(remedy)) {
    const type = blocks.find("spec.updateStrategy.type");
    const typed = type && { from: blocks.offset(type.line) + type.column, to: blocks.offset(type.line + 1) - 1, insert: "type: RollingUpdate" };
    return [...remove("spec.updateStrategy.rollingUpdate"), ...(typed === undefined ? [] : [{ name: "Write type: RollingUpdate", change: typed }])];
  }
  if (/^remove `/.test(remedy)) {
    return remove(first);
  }
  if (/^it belongs to `/.test(remedy)) {
    return [...moved(blocks, field, first), ...remove()];
  }
  if (remedy.endsWith(" to spec.template.metadata.labels")) {
    // A label with another value is in the way of the right one.
    const wrong = quoted.map((label) => blocks.find(`spec.template.metadata.labels.${label.slice(0, label.indexOf(":"))}`));
    const [block] = wrong;
    if (quoted.length === 1 && block !== undefined) {
      return [{ name: `Write ${first}`, change: { from: blocks.offset(block.line) + block.column, to: blocks.offset(block.line + 1) - 1, insert: scalar(first) } }];
    }
    return wrong.some(Boolean) ? [] : put(`Add ${quoted.join(", ")}`, "spec.template.metadata.labels", quoted.map(scalar));
  }
  if (remedy.startsWith("add `matchLabels`")) {
    return added(blocks, "spec.selector");
  }
  if (/: write `serviceName: /.test(remedy)) {
    return put(`Add ${quoted.at(-1)}`, "spec", [quoted.at(-1) ?? ""]);
  }
  if (remedy.startsWith("add a Service of that name")) {
    return governing(blocks);
  }
  if (remedy.startsWith("make the Service's selector")) {
    return selecting(blocks);
  }
  if (remedy.startsWith("add a claim template or a volume")) {
    return [
      ...put(`Add a claim template ${first}`, "spec.volumeClaimTemplates", [`- metadata: {name: ${first}}`, "  spec:", "    accessModes: [ReadWriteOnce]", "    resources: {requests: {storage: 1Gi}}"]),
      ...put(`Add an empty volume ${first}`, "spec.template.spec.volumes", [`- name: ${first}`, "  emptyDir: {}"]),
    ];
  }
  if (/^add `[^`]+`$/.test(remedy)) {
    return added(blocks, first);
  }
  return rule === "UnknownField" || second === undefined ? remove() : [];
}

/** A required field with the value that is known, or that most have. */
function added(blocks: Blocks, field: string): Fix[] {
  const at = field.lastIndexOf(".");
  const [around, name] = [field.slice(0, Math.max(at, 0)), field.slice(at + 1)];
  const labels = blocks.scalars("spec.template.metadata.labels");
  const [, own = "web"] = blocks.scalars("metadata").find(([key]) => key === "name") ?? [];
  const known = labels.length > 0 ? labels.map(([key, value]) => `${key}: ${value}`) : [`app: ${own}`];
  const values: Readonly<Record<string, readonly string[]>> = {
    "spec.selector": ["selector:", "  matchLabels:", ...known.map((label) => `    ${label}`)],
    "spec.template.metadata.labels": ["labels:", ...blocks.scalars("spec.selector.matchLabels").map(([key, value]) => `  ${key}: ${value}`)],
    "spec.template.spec.containers": ["containers:", `- name: ${own}`, "  image: "],
    "spec.template": ["template:", "  metadata:", "    labels:", ...blocks.scalars("spec.selector.matchLabels").map(([key, value]) => `      ${key}: ${value}`), "  spec:", "    containers:", `    - name: ${own}`, "      image: "],
    "metadata.name": [`name: ${own}`],
    accessModes: ["accessModes: [ReadWriteOnce]"],
    storage: ["storage: 1Gi"],
    name: [`name: ${own}`],
    image: ["image: "],
    mountPath: ["mountPath: /data"],
    containerPort: ["containerPort: 80"],
    value: ['value: ""'],
  };
  const lines = values[field] ?? values[name] ?? [];
  const isSelector = field === "spec.selector" ? blocks.find("spec.selector") : undefined;
  if (isSelector !== undefined) {
    const { from, to } = blocks.without(isSelector);
    return [{ name: "Write the selector", change: { from, to, insert: lines.map((line) => `${" ".repeat(isSelector.column)}${line}\n`).join("") } }];
  }
  const change = lines.length === 0 || name.includes("[") ? undefined : blocks.with(around, lines);
  return change === undefined ? [] : [{ name: `Add ${lines.length === 1 ? lines[0]?.trim() : name}`, change }];
}

/** A headless Service for the set of a document, behind it. */
function governing(blocks: Blocks): Fix[] {
  const service = blocks.scalars("spec").find(([key]) => key === "serviceName")?.[1];
  const namespace = blocks.scalars("metadata").find(([key]) => key === "namespace")?.[1];
  const labels = blocks.scalars("spec.template.metadata.labels");
  if (service === undefined || labels.length === 0) {
    return [];
  }
  const lines = ["---", "apiVersion: v1", "kind: Service", "metadata:", `  name: ${service}`, ...(namespace === undefined ? [] : [`  namespace: ${namespace}`]), "spec:", "  clusterIP: None", "  selector:", ...labels.map(([key, value]) => `    ${key}: ${value}`)];
  const to = blocks.offset(blocks.end);
  const isLast = blocks.end >= blocks.lines.length && !blocks.text.endsWith("\n");
  return [{ name: `Add the headless Service ${service}`, change: { from: to, to, insert: `${isLast ? "\n" : ""}${lines.join("\n")}\n` } }];
}

/** The set's governing Service, with the labels of the template as its selector. */
function selecting(blocks: Blocks): Fix[] {
  const name = blocks.scalars("spec").find(([key]) => key === "serviceName")?.[1];
  const labels = blocks.scalars("spec.template.metadata.labels");
  for (let line = 0; line < blocks.lines.length; line += 1) {
    const service = /^kind:\s*Service\b/.test(blocks.lines[line] ?? "") ? new Blocks(blocks.text, line) : undefined;
    const selector = service?.scalars("metadata").some(([key, value]) => key === "name" && value === name) === true ? service.find("spec.selector") : undefined;
    if (service !== undefined && selector !== undefined && labels.length > 0) {
      const insert = ["selector:", ...labels.map(([key, value]) => `  ${key}: ${value}`)].map((one) => `${" ".repeat(selector.column)}${one}\n`).join("");
      return [{ name: "Write the Service's selector", change: { ...service.without(selector), insert } }];
    }
  }
  return [];
}

/** A field with all that stands in it, at the place where it belongs: `[]` stands for the first item of a list. */
function moved(blocks: Blocks, field: string, to: string): Fix[] {
  const block = blocks.find(field);
  const around = to.slice(0, Math.max(0, to.lastIndexOf("."))).replaceAll("[]", "[0]");
  if (block === undefined || around === "") {
    return [];
  }
  const lines = blocks.lines.slice(block.line, block.end).map((line, index) => (index === 0 ? line.slice(block.column) : line.slice(Math.min(block.column, line.length - line.trimStart().length))));
  const put = blocks.find(around) === undefined ? undefined : blocks.with(around, lines);
  const out = blocks.without(block);
  if (put === undefined || (put.from > out.from && put.from < out.to)) {
    return [];
  }
  // Both changes as one: everything from the first to the second.
  const [from, end] = [Math.min(put.from, out.from), Math.max(put.from, out.to)];
  const between = put.from <= out.from ? put.insert + blocks.text.slice(put.from, out.from) + out.insert : out.insert + blocks.text.slice(out.to, put.from) + put.insert;
  return [{ name: `Move it to ${to}`, change: { from, to: end, insert: between } }];
}

function top(blocks: Blocks, line: string): Fix[] {
  const [from, to] = [blocks.offset(blocks.begin), blocks.offset(blocks.begin)];
  return [{ name: `Add ${line}`, change: { from, to, insert: `${line}\n` } }];
}

/** What replaces a word keeps its quotes, where it has none of its own. */
function requoted(old: string, word: string): string {
  const [, mark = ""] = /^(["']).*\1$/.exec(old) ?? [];
  return mark !== "" && /^[A-Za-z][\w.-]*$/.test(word) && !/^(true|false)$/.test(word) ? `${mark}${word}${mark}` : word;
}

/** A label such as `tier: true` as YAML that is a string. */
function scalar(label: string): string {
  const at = label.indexOf(": ");
  const [key, value] = [label.slice(0, at), label.slice(at + 2)];
  return /^([\d.+-].*|true|false|yes|no|on|off|y|n|null|~|)$/i.test(value) ? `${key}: ${JSON.stringify(value)}` : label;
}
