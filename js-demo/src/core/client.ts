import type { Scenario } from "steadfast";
import url from "../../generated/player.wasm?url";
import type { Answer, Equipment, Judge, Player, Question, Remote } from "./protocol.ts";

/** A worker that was superseded: nobody waits for its answer any more. */
export class Superseded extends Error {}

interface Pending {
  readonly done: (value: never) => void;
  readonly failed: (reason: Error) => void;
}

/** A worker, started when it is first asked, and started anew after it broke off or was stopped. */
class Client {
  readonly #make: (client: Client) => Worker;
  #worker: Worker | undefined;
  #next = 0;
  readonly #pending = new Map<number, Pending>();

  constructor(make: (client: Client) => Worker) {
    this.#make = make;
  }

  /** Starts the worker before it is asked. */
  start(): Worker {
    return (this.#worker ??= this.#started());
  }

  ask(name: string, given: readonly unknown[]): Promise<unknown> {
    const worker = this.start();
    const id = (this.#next += 1);
    return new Promise((done, failed) => {
      this.#pending.set(id, { done, failed });
      worker.postMessage({ id, name, given } satisfies Question);
    });
  }

  /** Stops a worker that is busy with something that nobody wants any more. */
  stop(reason: Error = new Superseded("superseded")): void {
    if (this.#pending.size > 0) {
      this.end(reason);
    }
  }

  /** Lets the worker go; the next question starts another. */
  end(reason: Error): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    waiting.forEach(({ failed }) => failed(reason));
  }

  #started(): Worker {
    const worker = this.#make(this);
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      const pending = this.#pending.get(data.id);
      this.#pending.delete(data.id);
      data.thrown === undefined ? pending?.done(data.value as never) : pending?.failed(new Error(data.thrown));
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.end(new Error(event.message || "the worker could not be loaded"));
    });
    return worker;
  }
}

function remote<Service>(client: Client): Remote<Service> {
  return new Proxy({}, { get: (_, name) => (...given: readonly unknown[]) => client.ask(String(name), given) }) as Remote<Service>;
}

/** The module that plays, compiled while it comes in, once for all workers; after a failure it is tried again. */
let module: Promise<WebAssembly.Module> | undefined;

async function compiled(): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`${response.status} ${response.statusText}`);
  }
  const isStreamed = response.headers.get("Content-Type")?.startsWith("application/wasm");
  return isStreamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/** A worker that plays: it starts while its module is on its way. */
function player(name: string): Client {
  return new Client((client) => {
    const worker = new Worker(new URL("./player.worker.ts", import.meta.url), { type: "module", name });
    module ??= compiled();
    module.then(
      (ready) => worker.postMessage({ module: ready } satisfies Equipment),
      (thrown: unknown) => {
        module = undefined;
        client.end(new Error(`the controller cannot be loaded: ${thrown instanceof Error ? thrown.message : String(thrown)}`));
      },
    );
    return worker;
  });
}

const playing = [player("player"), player("other player")];
const asking = player("clerk");
const judging = new Client(() => new Worker(new URL("./judge.worker.ts", import.meta.url), { type: "module", name: "judge" }));

/** Lets the first worker start, and the module come in, before a story is asked for. */
export function warm(): void {
  playing[0]?.start();
}

/** Plays stories, each life in a worker of its own: a long story holds up no other, and is stopped where it is superseded. */
export function play(life: number, scenario: Scenario): Promise<ReturnType<Player["play"]>> {
  const client = playing[life % playing.length];
  client?.stop();
  return client?.ask("play", [scenario]) as Promise<ReturnType<Player["play"]>>;
}

/** Reads, writes, and looks at instants. */
export const clerk: Omit<Remote<Player>, "play"> = remote<Player>(asking);
/** What an API server would say. */
export const judge: Remote<Judge> = remote<Judge>(judging);
