import { start, startSync, type Source, type SyncSource } from "../instance.js";
import { bytes } from "./steadfast.wasm.inline.js";

export * from "../index.js";

/** Starts the WebAssembly module, which is part of this file; needed once, before anything else. Nothing is fetched. */
export function init(source?: Source | PromiseLike<Source>): Promise<void> {
  return start(() => source ?? bytes());
}

/** The same at once. */
export function initSync(source?: SyncSource): void {
  startSync(() => source ?? bytes());
}
