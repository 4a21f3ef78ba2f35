// Completion and documentation: every field of a StatefulSet with its Pod template and claims, and of what stands beside it.

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { hoverTooltip, type EditorView } from "@codemirror/view";
import { h } from "../view/dom.ts";
import { whereIs } from "./path.ts";
import { fieldAt, fieldsAt, typeOf, type Field } from "./schema.ts";

/** Fields that can stand here, and the values of the field on this line. */
export function complete(context: CompletionContext): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const lines = context.state.doc.toString().split("\n");
  const value = /^(\s*(?:- +)*)([\w-]+):\s+(\S*)$/.exec(before);
  if (value !== null) {
    const [, lead = "", name = "", begun = ""] = value;
    const { kind, path } = whereIs(lines, line.number - 1, lead.length);
    return choices(context.pos - begun.length, valuesOf(fieldAt(kind, [...path, name]), [...path, name], lines, true));
  }
  const key = /^(\s*(?:- +)*)([A-Za-z]*)$/.exec(before);
  if (key === null || (!context.explicit && key[2] === "" && !before.trimEnd().endsWith("-"))) {
    return null;
  }
  const [, lead = "", begun = ""] = key;
  const { kind, path, beside } = whereIs(lines, line.number - 1, lead.length);
  const parent = fieldAt(kind, path);
  if (lead.trimEnd().endsWith("-") && parent?.many === "list" && !parent.isStruct) {
    return choices(context.pos - begun.length, valuesOf(parent, path, lines, false));
  }
  const fields = fieldsAt(kind, path).filter(({ name }) => !beside.has(name));
  const options = fields.map((field) => optionOf(field, lead.length));
  return options.length === 0 ? null : { from: context.pos - begun.length, options, validFor: /^[A-Za-z]*$/ };
}

/** What a field means, when one points at it. */
export const documentation = hoverTooltip((view: EditorView, position: number) => {
  const line = view.state.doc.lineAt(position);
  const [, lead = "", name = ""] = /^(\s*(?:- +)*)([A-Za-z]+):/.exec(line.text) ?? [];
  const from = line.from + lead.length;
  if (name === "" || position < from || position > from + name.length) {
    return null;
  }
  const { kind, path } = whereIs(view.state.doc.toString().split("\n"), line.number - 1, lead.length);
  const field = fieldAt(kind, [...path, name]);
  return field === undefined ? null : { pos: from, end: from + name.length, above: true, create: () => ({ dom: h("div", { class: "tip" }, h("strong", {}, name), ...told(field)) }) };
});

function optionOf(field: Field, indent: number): Completion {
  const room = "\n".padEnd(indent + 1);
  const apply = field.many === "list" && field.isStruct ? `${field.name}:${room}- ` : (field.isStruct && field.many === "") || field.many === "map" ? `${field.name}:${room}  ` : `${field.name}: `;
  return { label: field.name, apply, type: "property", detail: field.since ?? "", info: () => h("div", { class: "tip" }, ...told(field)), ...(field.says !== undefined && { boost: 1 }) };
}

function told(field: Field): (Node | string)[] {
  return [h("span", { class: "kind" }, ` ${typeOf(field)}`), ...(field.says === undefined ? [] : [h("p", {}, field.says)])];
}

function choices(from: number, values: readonly string[]): CompletionResult | null {
  return values.length === 0 ? null : { from, options: values.map((label): Completion => ({ label, type: "constant" })), validFor: /^\S*$/ };
}

/** What can stand behind a key, or in an item of its list: values that the core names, else names that the text has. */
function valuesOf(field: Field | undefined, path: readonly string[], lines: readonly string[], isWhole: boolean): string[] {
  const names = namesFor(path, lines);
  const values = names.length > 0 ? names : (field?.values ?? []);
  return isWhole && field?.many === "list" ? values.map((value) => `[${value}]`) : [...values];
}

/** Names of the text's own objects that belong there: of Services, of claim templates and volumes. */
function namesFor(path: readonly string[], lines: readonly string[]): string[] {
  const named = (wanted: (where: readonly string[], kind: string) => boolean): string[] => {
    const found = lines.flatMap((line, at) => {
      const [, lead = "", name = ""] = /^(\s*(?:- +)*)name:\s*["']?([\w.-]+)/.exec(line) ?? [];
      const { kind, path: where } = name === "" ? { kind: "", path: [] } : whereIs(lines, at, lead.length);
      return name !== "" && wanted(where, kind) ? [name] : [];
    });
    return [...new Set(found)];
  };
  if (path.at(-1) === "serviceName" && path.length === 2) {
    return named((where, kind) => kind === "Service" && where.join() === "metadata");
  }
  const isMount = path.at(-1) === "name" && (path.at(-2) === "volumeMounts" || path.at(-2) === "volumeDevices");
  return isMount ? named((where) => where.join(".") === "spec.volumeClaimTemplates.metadata" || where.join(".") === "spec.template.spec.volumes") : [];
}
