import { keyOf } from "./block.ts";

/**
 * The line, from 1, on which a field of the first StatefulSet of a text stands; where it is not written, that of the nearest
 * field around it that is. A reader of lines and indents: good enough for block style, and `undefined` where it is not.
 */
export function lineOf(text: string, field: string): number | undefined {
  const lines = text.split("\n");
  const kind = lines.findIndex((line) => /^kind:\s*StatefulSet\b/.test(line));
  if (kind < 0) {
    return undefined;
  }
  const begin = lines.slice(0, kind).findLastIndex((line) => line.startsWith("---")) + 1;
  const after = lines.slice(kind).findIndex((line) => line.startsWith("---"));
  const end = after < 0 ? lines.length : kind + after;
  let [from, indent, found] = [begin, -1, -1];
  let until = end;
  for (const part of field.split(".")) {
    const [, name = "", index] = /^([^[]+)(?:\[(\d+)\])?$/.exec(part) ?? [];
    const at = childNamed(lines, from, until, indent, name);
    if (at < 0) {
      break;
    }
    found = at;
    const own = indentOf(lines[at] ?? "");
    [from, indent] = [at + 1, own];
    until = blockEnd(lines, at, own, until);
    if (index !== undefined) {
      // The first item is enough: its fields stand behind the dash.
      indent = -2 - own;
    }
  }
  return found < 0 ? undefined : found + 1;
}

/** A line with this key that is a direct child of what stands at `indent`. */
function childNamed(lines: readonly string[], from: number, until: number, indent: number, name: string): number {
  let child: number | undefined;
  for (let at = from; at < until; at += 1) {
    const line = (lines[at] ?? "").replace(/^(\s*)- /, "$1  ");
    if (/^\s*(#|$)/.test(line)) {
      continue;
    }
    const own = indentOf(line);
    child ??= indent === -1 ? 0 : own;
    if (own === child && new RegExp(`^\\s*["']?${name}["']?\\s*:`).test(line)) {
      return at;
    }
  }
  return -1;
}

function blockEnd(lines: readonly string[], at: number, indent: number, until: number): number {
  for (let next = at + 1; next < until; next += 1) {
    const line = lines[next] ?? "";
    const isItem = /^\s*- /.test(line) && indentOf(line) === indent;
    if (!/^\s*(#|$)/.test(line) && indentOf(line) <= indent && !isItem) {
      return next;
    }
  }
  return until;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Where a line of a text stands. */
export interface Where {
  /** What the document says of its kind; empty where it says nothing yet. */
  readonly kind: string;
  /** The keys around it. Items of lists do not count. */
  readonly path: readonly string[];
  /** The keys that stand beside it already. */
  readonly beside: ReadonlySet<string>;
}

/** Where a key stands, or would stand, that begins in this column (from 0) of a line (from 0). */
export function whereIs(lines: readonly string[], at: number, column: number): Where {
  const isBreak = (line: string | undefined): boolean => line !== undefined && /^---(\s|$)/.test(line);
  const begin = lines.slice(0, at).findLastIndex(isBreak) + 1;
  const after = lines.slice(at + 1).findIndex(isBreak);
  const end = after < 0 ? lines.length : at + 1 + after;
  const path: string[] = [];
  const beside = new Set<string>();
  let most = column;
  let isBeside = !/^\s*-\s/.test((lines[at] ?? "").slice(0, column));
  for (let line = at - 1; line >= begin; line -= 1) {
    const [found, own] = keyOf(lines[line] ?? "");
    if (found === undefined) {
      continue;
    }
    if (own < most) {
      path.unshift(found);
      most = own;
    } else if (path.length === 0 && own === column && isBeside) {
      beside.add(found);
    }
    // An item's first key is the last that stands beside the others of it.
    isBeside &&= !(own === column && /^\s*-/.test(lines[line] ?? ""));
  }
  for (let line = at + 1; line < end; line += 1) {
    const [found, own] = keyOf(lines[line] ?? "");
    if (found !== undefined && (own < column || (own === column && /^\s*-/.test(lines[line] ?? "")))) {
      break;
    }
    found !== undefined && own === column && beside.add(found);
  }
  const kind = lines.slice(begin, end).map((line) => /^kind:\s*["']?(\w+)/.exec(line)?.[1]).find(Boolean) ?? "";
  return { kind, path, beside };
}
