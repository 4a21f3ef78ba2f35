// Which fields can stand where: the core's description of the schema, read at a path.

import { BESIDE, DOCS, USUAL } from "./docs.ts";
import made from "./schema.json";

/** A field as the editor offers it. */
export interface Field {
  readonly name: string;
  /** One value: `string`, `bool`, `int`, `quantity`, `intOrString`, `time`, `any`, or the name of a struct. */
  readonly type: string;
  readonly many: "" | "list" | "map";
  readonly isStruct: boolean;
  /** What it is where it is not written; empty: nothing. */
  readonly default: string;
  readonly values: readonly string[];
  /** The first version that has it, where that is not the oldest one known. */
  readonly since?: string;
  /** The last version that has it, where that is not the newest one. */
  readonly until?: string;
  /** What it means, where somebody wrote that down. */
  readonly says?: string;
}

const STRUCTS: Readonly<Record<string, Readonly<Record<string, string>>>> = { ...made, ...BESIDE };

/** The fields of what stands at a path of an object, such as `["spec", "template"]`; none where any key may stand, or no path leads. */
export function fieldsAt(kind: string, path: readonly string[]): Field[] {
  const at = placeOf(kind, path);
  if (at === undefined) {
    return [];
  }
  const keys = at.field?.many === "map" && !at.isKey ? (USUAL[`${at.of}.${at.field.name}`] ?? []) : undefined;
  if (keys !== undefined) {
    return keys.map((name) => ({ name, type: at.field?.type ?? "", many: "", isStruct: false, default: "", values: [] }));
  }
  const struct = at.field === undefined ? kindOf(kind) : at.field.type;
  return Object.entries(STRUCTS[struct] ?? {}).map(([name, text]) => parsed(struct, name, text));
}

/** The field at a path. */
export function fieldAt(kind: string, path: readonly string[]): Field | undefined {
  const at = placeOf(kind, path);
  return at?.isKey ? undefined : at?.field;
}

/** What a field takes, in a few words: `int, default 1`. */
export function typeOf({ type, many, default: otherwise, values, since, until }: Field): string {
  const words: Record<string, string> = { bool: "true or false", int: "whole number", intOrString: "number or percentage", any: "anything" };
  const one = words[type] ?? type;
  return [
    values.length > 0 ? values.join(" or ") : many === "list" ? `list of ${one}` : many === "map" ? `keys with ${one}` : one,
    otherwise && `default ${otherwise}`,
    since && `from ${since} on`,
    until && `up to ${until}`,
  ].filter(Boolean).join(", ");
}

interface At {
  readonly of: string;
  readonly field?: Field;
  /** It is a key of the map that `field` is. */
  readonly isKey: boolean;
}

function placeOf(kind: string, path: readonly string[]): At | undefined {
  let struct = kindOf(kind);
  let at: At = { of: struct, isKey: false };
  for (const name of path) {
    if (at.field?.many === "map" && !at.isKey) {
      at = { ...at, isKey: true };
      continue;
    }
    const fields = STRUCTS[struct];
    const text = fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (text === undefined) {
      return undefined;
    }
    const field = parsed(struct, name, text);
    at = { of: struct, field, isKey: false };
    struct = field.type;
  }
  return at;
}

function kindOf(kind: string): string {
  return Object.hasOwn(STRUCTS, kind) ? kind : "";
}

function parsed(struct: string, name: string, text: string): Field {
  const [first = "", ...rest] = text.split(" ");
  const [shape = "", otherwise = ""] = first.split("=");
  const [, open = "", type = ""] = /^([[{]?)([\w]*)/.exec(shape) ?? [];
  const part = (mark: string): string | undefined => rest.find((one) => one.startsWith(mark))?.slice(1);
  const [since, until] = [part("@"), part("-")];
  const values = rest.find((one) => !/^[@-]/.test(one))?.split("|") ?? (type === "bool" ? ["true", "false"] : open === "{" ? [] : (USUAL[`${struct}.${name}`] ?? []));
  const says = DOCS[`${struct}.${name}`];
  return {
    name,
    type: type === "raw" ? "any" : type,
    many: open === "[" ? "list" : open === "{" ? "map" : "",
    isStruct: Object.hasOwn(STRUCTS, type),
    default: otherwise,
    values,
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(says !== undefined && { says }),
  };
}
