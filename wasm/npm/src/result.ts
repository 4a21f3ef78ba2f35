import type { ErrorCode, Failure } from "./wire.js";

/** What a call answers: a value, or what is wrong with the input. Nothing that a user can get wrong is an exception. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Problem };

/**
 * What is wrong, and in which fields.
 *
 * Besides the codes of the wire there is `trap`: the WebAssembly instance broke off, because the input was too large for its
 * memory, and was replaced. Other calls work afterwards, and handles stand where they stood before the call.
 */
export type Problem = Omit<Failure, "code"> & { readonly code: ErrorCode | "trap" };

/** Why a {@link SteadfastError} was thrown. */
export type Misuse =
  /** `init` has not finished yet, or was never called. */
  | "notInitialized"
  /** The handle was disposed. */
  | "disposed"
  /** An argument has a type that TypeScript would have refused. */
  | "wrongArgument"
  /** The WebAssembly module cannot be had, or is not this package's. */
  | "loading";

/** Thrown where the package is used as it must not be: a mistake in the program, never in its input. */
export class SteadfastError extends Error {
  override readonly name = "SteadfastError";
  readonly code: Misuse;

  constructor(code: Misuse, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The answer as a value. */
export function parsed<T>(answer: string): Result<T> {
  return JSON.parse(answer) as Result<T>;
}

/**
 * An argument as JSON text; text is taken to be JSON already.
 *
 * Half a surrogate pair is no text: UTF-8 cannot write it, and it would be lost without a word.
 */
export function json(argument: unknown, name: string): string {
  const text = typeof argument === "string" ? argument : JSON.stringify(argument);
  if (typeof text !== "string") {
    throw new SteadfastError("wrongArgument", `\`${name}\` must be an object or JSON text, but is ${typeof argument}`);
  }
  return wellFormed(text);
}

/** An argument that is text. */
export function text(argument: unknown, name: string): string {
  if (typeof argument !== "string") {
    throw new SteadfastError("wrongArgument", `\`${name}\` must be a string, but is ${typeof argument}`);
  }
  return wellFormed(argument);
}

/** Options as JSON text; none is the empty text. */
export function options(argument: object | undefined): string {
  return argument === undefined ? "" : json(argument, "options");
}

function wellFormed(text: string): string {
  // In JSON such a half can stand as an escape, which the reader refuses with its place.
  return text.isWellFormed?.() === false ? text.replace(LONE, escaped) : text;
}

const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

function escaped(half: string): string {
  return `\\u${half.charCodeAt(0).toString(16)}`;
}
