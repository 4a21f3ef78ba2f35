// What lies beside the entries when the package is built.

declare module "*/steadfast.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*/steadfast.wasm.inline.js" {
  export function bytes(): Uint8Array<ArrayBuffer>;
}
