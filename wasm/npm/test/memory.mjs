// Modules with less memory than they ask for, and a look at how much an instance has.

const MEMORY_SECTION = 5;

/** The same module with at most so many pages of 64 KiB: what asks for more breaks off, as it does where 4 GiB are full. */
export function limited(module, pages) {
  const bytes = new Uint8Array(module);
  for (let at = 8; at < bytes.length; ) {
    const [size, body] = number(bytes, at + 1);
    if (bytes[at] === MEMORY_SECTION) {
      const [least] = number(bytes, body + 2);
      const section = [1, 1, ...written(least), ...written(Math.max(least, pages))];
      const head = [MEMORY_SECTION, ...written(section.length)];
      return Uint8Array.from([...bytes.subarray(0, at), ...head, ...section, ...bytes.subarray(body + size)]);
    }
    at = body + size;
  }
  throw new Error("the module has no memory of its own");
}

/** Calls back with every instance that is made from now on. */
export function watchInstances(made) {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, imports) {
    const instance = new Instance(module, imports);
    made(instance);
    return instance;
  };
  WebAssembly.Instance.prototype = Instance.prototype;
}

function number(bytes, at) {
  let [value, shift] = [0, 0];
  for (;;) {
    const byte = bytes[at++];
    value |= (byte & 0x7f) << shift;
    shift += 7;
    if (byte < 0x80) {
      return [value, at];
    }
  }
}

function written(value) {
  const bytes = [];
  for (; value >= 0x80; value >>>= 7) {
    bytes.push((value & 0x7f) | 0x80);
  }
  return [...bytes, value];
}
