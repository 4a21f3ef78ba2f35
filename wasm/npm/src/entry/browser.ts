import { start, startSync, type Source, type SyncSource } from "../instance.js";

export * from "../index.js";

/**
 * Loads the WebAssembly module; needed once, before anything else. Calling it again gives the same promise.
 *
 * Bundlers that know `new URL(…, import.meta.url)` (Vite, webpack, Parcel, Rollup) ship the module along. For others give
 * its address, its bytes, or the compiled module.
 */
export function init(source?: Source | PromiseLike<Source>): Promise<void> {
  return start(() => source ?? new URL("./steadfast.wasm", import.meta.url));
}

/** The same at once, where the module is at hand. Browsers compile at most a few kilobytes so on the main thread. */
export function initSync(source: SyncSource): void {
  startSync(() => source);
}
