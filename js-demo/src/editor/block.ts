// The blocks of a YAML text, found by lines and indents, so that a change leaves everything else as it is written. What is in
// flow style is not found.

/** A change of a text: what stands from one offset to another becomes something else. */
export interface Change {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** A key or an item of a list, with all that stands in it. Lines count from 0. */
export interface Block {
  readonly line: number;
  /** The column in which the key begins, or what stands behind the dash of an item. */
  readonly column: number;
  /** The first line that no longer belongs to it. */
  readonly end: number;
}

const KEY = /^(\s*(?:- +)*)(?:"([^"]*)"|'([^']*)'|([^\s"'#:{}[\],&*!|>%@`-][^:#]*?|-[^\s:#][^:#]*?))\s*:(?=\s|$)/;

/** A line's key and the column in which it begins. */
export function keyOf(line: string): [string | undefined, number] {
  const [, lead = "", double, single, plain] = KEY.exec(line) ?? [];
  return [double ?? single ?? plain, lead.length];
}

/** A text as lines, of which one document is looked at. */
export class Blocks {
  readonly text: string;
  readonly lines: readonly string[];
  readonly #starts: number[] = [];
  readonly begin: number;
  readonly end: number;

  /** The document that the line `at` (from 0) is in. */
  constructor(text: string, at: number) {
    this.text = text;
    this.lines = text.split("\n");
    let start = 0;
    for (const line of this.lines) {
      this.#starts.push(start);
      start += line.length + 1;
    }
    const isBreak = (line: string): boolean => /^---(\s|$)/.test(line);
    this.begin = this.lines.slice(0, at + 1).findLastIndex(isBreak) + 1;
    const after = this.lines.slice(Math.max(at + 1, this.begin)).findIndex(isBreak);
    this.end = after < 0 ? this.lines.length : Math.max(at + 1, this.begin) + after;
  }

  /** What stands at a path such as `spec.template.spec.containers[0].name`; an empty path is the whole document. */
  find(path: string): Block | undefined {
    let block: Block = { line: this.begin, column: 0, end: this.end };
    let isWhole = true;
    for (const step of path.match(/[^.[\]]+|\[\d+\]/g) ?? []) {
      const found = step.startsWith("[") ? this.#item(block, Number(step.slice(1, -1))) : this.#child(block, step, isWhole);
      if (found === undefined) {
        return undefined;
      }
      block = found;
      isWhole = false;
    }
    return block;
  }

  /** All blocks of this key beside the one on a line. */
  namesakes(line: number): Block[] {
    const [name, column] = keyOf(this.lines[line] ?? "");
    const found: Block[] = [];
    // Siblings stand in the same column; what is left of it ends the block, and a dash begins another item.
    const isItem = (at: number): boolean => /^\s*-/.test(this.lines[at] ?? "") && keyOf(this.lines[at] ?? "")[1] === column;
    const isLeft = (at: number): boolean => /\S/.test((this.lines[at] ?? "").slice(0, column).replace(/#.*/, "")) && !isItem(at);
    let [from, until] = [line, line + 1];
    while (from > this.begin && !isItem(from) && !isLeft(from - 1)) {
      from -= 1;
    }
    while (until < this.end && !isItem(until) && !isLeft(until)) {
      until += 1;
    }
    for (let at = from; at < until; at += 1) {
      const [other, own] = keyOf(this.lines[at] ?? "");
      other === name && own === column && found.push(this.#blockAt(at, column, until));
    }
    return found;
  }

  /** The block whose key stands on a line. */
  at(line: number): Block {
    return this.#blockAt(line, keyOf(this.lines[line] ?? "")[1], this.end);
  }

  /** Takes a block out. An item whose first key goes keeps its dash. */
  without({ line, column, end }: Block): Change {
    const next = this.lines[end];
    const isFirst = /^\s*(?:- +)+$/.test((this.lines[line] ?? "").slice(0, column));
    if (isFirst && next !== undefined && keyOf(next)[1] === column && !/^\s*-/.test(next)) {
      return { from: this.offset(line) + column, to: this.offset(end) + column, insert: "" };
    }
    return { from: this.offset(line), to: this.offset(end), insert: "" };
  }

  /** Puts lines into what stands at a path, as its last; parents that are missing are made. `undefined` where they cannot be. */
  with(path: string, lines: readonly string[]): Change | undefined {
    const block = this.find(path);
    if (block === undefined) {
      const [, around = "", name = ""] = /^(?:(.*)\.)?([^.[\]]+)$/.exec(path) ?? [];
      return name === "" ? undefined : this.with(around, [`${name}:`, ...lines.map((line) => `  ${line}`)]);
    }
    const isOpen = path === "" || path.endsWith("]") || /:\s*(#.*)?$/.test(this.lines[block.line] ?? "");
    if (!isOpen) {
      return undefined;
    }
    const column = path === "" ? 0 : path.endsWith("]") ? block.column : (this.#inner(block) ?? block.column + 2);
    let end = block.end;
    while (end > block.line + 1 && (this.lines[end - 1] ?? "").trim() === "") {
      end -= 1;
    }
    const text = lines.map((line) => `${" ".repeat(column)}${line}\n`).join("");
    const isLast = end >= this.lines.length;
    return { from: this.offset(end), to: this.offset(end), insert: isLast ? `\n${text.trimEnd()}` : text };
  }

  /** The scalars directly inside a block, such as labels. */
  scalars(path: string): [string, string][] {
    const block = this.find(path);
    const inner = block && this.#inner(block);
    const found: [string, string][] = [];
    for (let at = (block?.line ?? 0) + 1; block !== undefined && at < block.end; at += 1) {
      const [name, column] = keyOf(this.lines[at] ?? "");
      const [, value = ""] = /:\s+(.*?)\s*(?:#.*)?$/.exec(this.lines[at] ?? "") ?? [];
      name !== undefined && column === inner && value !== "" && found.push([name, value]);
    }
    return found;
  }

  /** Where a line begins. */
  offset(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  #child(block: Block, name: string, isWhole: boolean): Block | undefined {
    const isItem = /^\s*(?:- +)+$/.test((this.lines[block.line] ?? "").slice(0, block.column)) && block.column > 0;
    const isOwn = isWhole || (isItem && this.#isItemBlock(block));
    const column = isOwn ? block.column : this.#inner(block);
    for (let at = isOwn ? block.line : block.line + 1; at < block.end; at += 1) {
      const [found, own] = keyOf(this.lines[at] ?? "");
      if (found === name && own === column) {
        return this.#blockAt(at, own, block.end);
      }
    }
    return undefined;
  }

  readonly #items = new WeakSet<Block>();

  #isItemBlock(block: Block): boolean {
    return this.#items.has(block);
  }

  #item(block: Block, index: number): Block | undefined {
    const dash = this.#inner(block, true);
    const starts: number[] = [];
    for (let at = block.line + 1; at < block.end; at += 1) {
      const line = this.lines[at] ?? "";
      /^\s*-(\s|$)/.test(line) && line.length - line.trimStart().length === dash && starts.push(at);
    }
    const line = starts[index];
    if (line === undefined) {
      return undefined;
    }
    const item = { line, column: /^\s*-\s*/.exec(this.lines[line] ?? "")?.[0].length ?? 0, end: starts[index + 1] ?? block.end };
    this.#items.add(item);
    return item;
  }

  /** The column of what stands directly inside a block. */
  #inner(block: Block, isDash = false): number | undefined {
    for (let at = block.line + 1; at < block.end; at += 1) {
      const line = this.lines[at] ?? "";
      if (/^\s*(#|$)/.test(line)) {
        continue;
      }
      return isDash || !/^\s*-/.test(line) ? line.length - line.trimStart().length : undefined;
    }
    return undefined;
  }

  #blockAt(line: number, column: number, until: number): Block {
    let end = line + 1;
    while (end < until && !this.#isOutside(end, column)) {
      end += 1;
    }
    while (end > line + 1 && /^\s*(#|$)/.test(this.lines[end - 1] ?? "")) {
      end -= 1;
    }
    return { line, column, end };
  }

  /** Whether a line does not belong to what begins in a column on a line before it. */
  #isOutside(at: number, column: number): boolean {
    const line = this.lines[at] ?? "";
    if (/^\s*(#|$)/.test(line)) {
      return false;
    }
    const own = line.length - line.trimStart().length;
    return own < column || (own === column && !/^\s*-(\s|$)/.test(line));
  }
}
