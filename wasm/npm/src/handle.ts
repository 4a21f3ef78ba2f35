import { call, check, generation } from "./instance.js";
import { SteadfastError } from "./result.js";

/** What the glue has for a handle. */
interface Resident {
  free(): void;
}

/**
 * Something that lives in WebAssembly memory.
 *
 * It is given back by `dispose()`, or when JavaScript collects it. Where the instance broke off and was replaced, it is made
 * again from what was put into it, when it is used next.
 */
export class Handle<R extends Resident> {
  #resident: R | undefined;
  #generation = generation();
  #isDisposed = false;
  readonly #again: () => R;

  /** Takes over something that was made in the present instance; `again` makes it again as it stands. */
  constructor(resident: R, again: () => R) {
    this.#resident = resident;
    this.#again = again;
  }

  /** Asks it, or tells it something. */
  ask(make: (resident: R) => string): string {
    const resident = this.resident();
    return call(() => make(resident));
  }

  /** What is in the present instance. */
  resident(): R {
    if (this.#isDisposed) {
      throw new SteadfastError("disposed", "this handle was disposed");
    }
    check();
    if (this.#resident === undefined || this.#generation !== generation()) {
      this.#resident = this.#again();
      this.#generation = generation();
    }
    return this.#resident;
  }

  /** Gives the memory back. Doing so again does nothing. */
  dispose(): void {
    const resident = this.#resident;
    this.#resident = undefined;
    this.#isDisposed = true;
    // What lived in an instance that broke off is gone with it.
    if (this.#generation === generation()) {
      resident?.free();
    }
  }
}
