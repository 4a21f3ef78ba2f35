import type { PodRow, TraceEntry } from "steadfast";

/** A line of `kubectl get pods -w`. */
export interface WatchLine extends PodRow {
  readonly at: number;
  /** Where in the trace it stands. */
  readonly index: number;
}

/** What `kubectl get pods -w` has printed after so many entries; rows that look the same are printed once. */
export function watchOf(trace: readonly TraceEntry[], entries: number, limit: number): WatchLine[] {
  const lines: WatchLine[] = [];
  let last = "";
  for (let index = 0; index < Math.min(entries, trace.length); index += 1) {
    const entry = trace[index];
    if (entry?.type !== "object" || entry.row === undefined) {
      continue;
    }
    const shown = Object.values(entry.row).join(" ");
    if (shown !== last) {
      lines.push({ ...entry.row, at: entry.at, index });
      last = shown;
    }
  }
  return lines.slice(-limit);
}

/** Rows and titles as kubectl aligns them. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  }
  return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd((widths[column] ?? 0) + 3))).join("")).join("\n");
}
