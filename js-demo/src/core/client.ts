import type { Scenario } from "steadfast";
import type { Answer, Judge, Player, Question, Remote } from "./protocol.ts";

/** A worker that was superseded: nobody waits for its answer any more. */
export class Superseded extends Error {}

interface Pending {
  readonly done: (value: never) => void;
  readonly failed: (reason: Error) => void;
}

/** A worker, started when it is first asked, and started anew after it broke off or was stopped. */
class Client {
  readonly #make: () => Worker;
  #worker: Worker | undefined;
  #next = 0;
  readonly #pending = new Map<number, Pending>();

  constructor(make: () => Worker) {
    this.#make = make;
  }

  ask(name: string, given: readonly unknown[]): Promise<unknown> {
    const worker = (this.#worker ??= this.#started());
    const id = (this.#next += 1);
    return new Promise((done, failed) => {
      this.#pending.set(id, { done, failed });
      worker.postMessage({ id, name, given } satisfies Question);
    });
  }

  /** Stops a worker that is busy with something that nobody wants any more. */
  stop(reason: Error = new Superseded("superseded")): void {
    if (this.#pending.size === 0) {
      return;
    }
    this.#worker?.terminate();
    this.#worker = undefined;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    waiting.forEach(({ failed }) => failed(reason));
  }

  #started(): Worker {
    const worker = this.#make();
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      const pending = this.#pending.get(data.id);
      this.#pending.delete(data.id);
      data.thrown === undefined ? pending?.done(data.value as never) : pending?.failed(new Error(data.thrown));
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.stop(new Error(event.message || "the worker could not be loaded"));
    });
    return worker;
  }
}

function remote<Service>(client: Client): Remote<Service> {
  return new Proxy({}, { get: (_, name) => (...given: readonly unknown[]) => client.ask(String(name), given) }) as Remote<Service>;
}

const playing = [0, 1].map(() => new Client(() => new Worker(new URL("./player.worker.ts", import.meta.url), { type: "module", name: "player" })));
const asking = new Client(() => new Worker(new URL("./player.worker.ts", import.meta.url), { type: "module", name: "clerk" }));
const judging = new Client(() => new Worker(new URL("./judge.worker.ts", import.meta.url), { type: "module", name: "judge" }));

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
