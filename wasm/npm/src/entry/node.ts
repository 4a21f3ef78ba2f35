import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { start, startSync, type Source, type SyncSource } from "../instance.js";

export * from "../index.js";

const file = new URL("./steadfast.wasm", import.meta.url);

/** Loads the WebAssembly module; needed once, before anything else. Calling it again gives the same promise. */
export function init(source?: Source | PromiseLike<Source>): Promise<void> {
  return start(() => source ?? readFile(file));
}

/** The same at once. */
export function initSync(source?: SyncSource): void {
  startSync(() => source ?? readFileSync(file));
}
