import { start, startSync, type Source, type SyncSource } from "../instance.js";
import module from "./steadfast.wasm";

export * from "../index.js";

/** Starts the WebAssembly module, which this runtime compiles when it is deployed; needed once, before anything else. */
export function init(source?: Source | PromiseLike<Source>): Promise<void> {
  return start(() => source ?? module);
}

/** The same at once. */
export function initSync(source?: SyncSource): void {
  startSync(() => source ?? module);
}
