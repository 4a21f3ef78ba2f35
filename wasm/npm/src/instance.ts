import * as glue from "../glue/steadfast.js";
import { SteadfastError } from "./result.js";

/** Where the WebAssembly module comes from: compiled, as bytes, as a response, or where it can be fetched. */
export type Source = CompiledModule | ArrayBuffer | ArrayBufferView | Response | URL | string;

/** What can be had without waiting. */
export type SyncSource = CompiledModule | ArrayBuffer | ArrayBufferView;

/** A `WebAssembly.Module`, under a name that TypeScript knows in a project for Node too, where there is no library `dom`. */
export interface CompiledModule {
  readonly [Symbol.toStringTag]?: string;
}

let isReady = false;
let underWay: Promise<void> | undefined;
let instances = 0;

/** How many instances there were: handles of an earlier one must be made again. */
export function generation(): number {
  return instances;
}

/** Starts the instance, once; whoever asks again gets the same promise. After a failure it can be tried again. */
export function start(source: () => Source | PromiseLike<Source>): Promise<void> {
  underWay ??= load(source).catch((thrown: unknown) => {
    underWay = undefined;
    throw thrown;
  });
  return underWay;
}

/** Starts the instance at once; where there is one already, that stays. */
export function startSync(source: () => SyncSource): void {
  if (isReady) {
    return;
  }
  begin(source());
  underWay = Promise.resolve();
}

/** Makes a call; where the instance breaks off, it is replaced, and the answer says so. */
export function call(make: () => string): string {
  check();
  try {
    return make();
  } catch (thrown) {
    return replaced(thrown);
  }
}

/** Throws where there is no instance yet. */
export function check(): void {
  if (!isReady) {
    throw new SteadfastError("notInitialized", "call `await init()`, or `initSync(…)`, before anything else");
  }
}

/** Replaces an instance that broke off. */
export function replaced(thrown: unknown): string {
  instances += 1;
  try {
    glue.__wbg_reset_state();
  } catch (cause) {
    isReady = false;
    underWay = undefined;
    throw new SteadfastError("loading", "the WebAssembly instance broke off, and a new one cannot be made", { cause });
  }
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const message =
    `the WebAssembly instance broke off (${reason}) and was replaced: the input needs more memory than there is; ` +
    "all handles stand where they stood before this call";
  return JSON.stringify({ ok: false, error: { code: "trap", message, causes: [] } });
}

async function load(source: () => Source | PromiseLike<Source>): Promise<void> {
  begin(await compiled(await source()));
}

async function compiled(source: Source): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) {
    return source;
  }
  if (typeof source === "string" || source instanceof URL) {
    return compiled(await fetched(source));
  }
  if (typeof Response === "function" && source instanceof Response) {
    if (!source.ok) {
      throw new SteadfastError("loading", `cannot fetch ${source.url}: ${source.status} ${source.statusText}`);
    }
    const isStreamed = source.headers.get("Content-Type")?.startsWith("application/wasm");
    return isStreamed && typeof WebAssembly.compileStreaming === "function"
      ? WebAssembly.compileStreaming(source)
      : WebAssembly.compile(await source.arrayBuffer());
  }
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    return WebAssembly.compile(source as BufferSource);
  }
  throw new SteadfastError("wrongArgument", "`source` must be a URL, a Response, bytes or a WebAssembly.Module");
}

async function fetched(from: string | URL): Promise<Response> {
  try {
    return await fetch(from);
  } catch (cause) {
    throw new SteadfastError("loading", `cannot fetch ${String(from)}: is the .wasm file served there?`, { cause });
  }
}

function begin(source: SyncSource): void {
  if (isReady) {
    return;
  }
  try {
    const module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source as BufferSource);
    // The glue keeps whatever it could instantiate: a foreign module must not come that far.
    if (!WebAssembly.Module.exports(module).some(({ name }) => name === "__wbindgen_start")) {
      throw new TypeError("the module does not export `__wbindgen_start`");
    }
    glue.initSync({ module });
  } catch (cause) {
    throw new SteadfastError("loading", "this is not the WebAssembly module of this version of the package", { cause });
  }
  isReady = true;
}
