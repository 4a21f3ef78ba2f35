// A waPC host: what a policy server does to call a policy, and to answer what the policy asks.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A policy, loaded. */
export class Policy {
  #instance;
  /** What the call that runs was given, and what came of it and of its questions. */
  #call = {};

  /**
   * @param {WebAssembly.Module} module the policy
   * @param {(question: { binding: string, namespace: string, operation: string, payload: string }) => unknown} answer
   *   what the policy asks of its host: a value is written as JSON, text as it is, and what is thrown is an error of the host
   */
  constructor(module, answer) {
    this.answer = answer;
    this.#instance = new WebAssembly.Instance(module, { wapc: this.#imports() });
    this.#instance.exports.wapc_init();
  }

  /** Calls an operation with a payload; gives its response as text, and throws the policy's error. */
  call(operation, payload) {
    const request = typeof payload === "string" ? encoder.encode(payload) : payload;
    this.#call = { operation: encoder.encode(operation), request };
    const isFine = this.#instance.exports.__guest_call(this.#call.operation.length, request.length);
    if (isFine !== 1) {
      throw new Error(this.#call.error ?? "the policy gave no reason");
    }
    return this.#call.response;
  }

  /** How much memory it has, in bytes. */
  get memory() {
    return this.#bytes().length;
  }

  #bytes() {
    return new Uint8Array(this.#instance.exports.memory.buffer);
  }

  #imports() {
    const text = (at, length) => decoder.decode(this.#bytes().subarray(at, at + length));
    return {
      __guest_request: (operation, request) => {
        this.#bytes().set(this.#call.operation, operation);
        this.#bytes().set(this.#call.request, request);
      },
      __guest_response: (at, length) => (this.#call.response = text(at, length)),
      __guest_error: (at, length) => (this.#call.error = text(at, length)),
      __host_call: (...places) => {
        const [binding, namespace, operation, payload] = [0, 2, 4, 6].map((at) => text(places[at], places[at + 1]));
        try {
          const answer = this.answer({ binding, namespace, operation, payload });
          this.#call.answer = encoder.encode(typeof answer === "string" ? answer : JSON.stringify(answer));
          return 1;
        } catch (error) {
          this.#call.refusal = encoder.encode(error.message);
          return 0;
        }
      },
      __host_response_len: () => this.#call.answer.length,
      __host_response: (at) => this.#bytes().set(this.#call.answer, at),
      __host_error_len: () => this.#call.refusal.length,
      __host_error: (at) => this.#bytes().set(this.#call.refusal, at),
      __console_log: (at, length) => console.log(text(at, length)),
    };
  }
}

/** The lists of a context by the kinds in them. */
const LISTS = {
  Pod: "pods",
  PersistentVolumeClaim: "persistentVolumeClaims",
  Service: "services",
  PodDisruptionBudget: "podDisruptionBudgets",
};

/**
 * Answers as a policy server does, from a context in the form of an observation. A list that is absent is refused.
 *
 * @param {{ statefulSet?: object, [list: string]: unknown }} context
 * @param {string[]} asked gets a line for each question
 */
export function answering(context, asked = []) {
  return ({ binding, namespace, operation, payload }) => {
    const question = JSON.parse(payload);
    asked.push(`${binding} ${namespace} ${operation} ${question.api_version} ${question.kind}`);
    if (binding !== "kubewarden" || namespace !== "kubernetes") {
      throw new Error(`nothing here answers ${binding} ${namespace}`);
    }
    const isIn = ({ metadata }) => (metadata?.namespace || "default") === question.namespace;
    switch (operation) {
      case "get_resource":
        if (!context.statefulSet) {
          throw new Error(`${question.kind} ${question.name} not found`);
        }
        return context.statefulSet;
      case "list_resources_by_namespace": {
        const list = LISTS[question.kind];
        const objects = list ? context[list] : context.workloads?.filter(({ kind }) => kind === question.kind);
        if (!objects) {
          throw new Error(`${question.kind} may not be listed`);
        }
        // Items of a list do not say their kind.
        const items = objects.filter(isIn).map(({ kind, apiVersion, ...rest }) => rest);
        return { apiVersion: question.api_version, kind: `${question.kind}List`, metadata: {}, items };
      }
      default:
        throw new Error(`unknown operation ${operation}`);
    }
  };
}
