// Every delivery of admission gives the core's verdict: reads the lines of `reviews` from standard input and asks the npm package, the
// Kubewarden policy; with an address a webhook instead, with `--wasmtime PROGRAM` the policy in that host (kubewarden/wasmtime). Run by
// `cargo xtask reviews`, which names the policy in STEADFAST_POLICY.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { request as requestTo, Agent } from "node:https";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { answering, Policy } from "../../kubewarden/tests/host.mjs";
import * as steadfast from "../../wasm/npm/dist/node.js";

const [url, program] = process.argv.slice(2);
await steadfast.init();
let context = {};
const policy = new Policy(new WebAssembly.Module(readFileSync(process.env.STEADFAST_POLICY)), (question) => answering(context)(question));
// The webhook's certificate is its own.
const agent = new Agent({ rejectUnauthorized: false, keepAlive: true });

/** Each delivery: the verdict in one form, for comparison. */
const DELIVERIES = program ? { wasmtime } : url ? { webhook } : { npm, kubewarden };
const host = program && hosted(program);

function npm({ review, context, settings, kubernetes }) {
  const { ok, value, error } = steadfast.review(review, context, settings, { kubernetes });
  return ok ? value : { error };
}

function kubewarden({ context: around, ...line }) {
  context = around;
  return validated(JSON.parse(policy.call("validate", JSON.stringify(payloadOf(line)))));
}

async function wasmtime({ context, ...line }) {
  host.stdin.write(`${JSON.stringify({ payload: payloadOf(line), context })}\n`);
  const { value, done } = await host.answers.next();
  if (done) {
    throw new Error(`${program} ended`);
  }
  return validated(JSON.parse(value));
}

function payloadOf({ review, settings, kubernetes }) {
  return { request: review.request, settings: { ...settings, kubernetes } };
}

/** The answer of `validate` in the form of a verdict. */
function validated({ accepted, code, message, warnings, audit_annotations, mutated_object, error }) {
  if (error || code === 400) {
    return { error: error ?? { message } };
  }
  return { allowed: accepted, code, message, warnings: warnings ?? [], auditAnnotations: audit_annotations ?? {}, patched: mutated_object };
}

/** A program that answers a line for each line; it ends with its input. */
function hosted(program) {
  const child = spawn(program, [process.env.STEADFAST_POLICY], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout, crlfDelay: Infinity })[Symbol.asyncIterator]();
  return { stdin: child.stdin, answers };
}

async function webhook({ review }) {
  const { status: code, body } = await posted(JSON.stringify(review));
  if (code === 400) {
    return { error: { message: body } };
  }
  const { response } = JSON.parse(body);
  const { allowed, status, warnings, auditAnnotations } = response;
  return { allowed, code: status?.code, message: status?.message, warnings: warnings ?? [], auditAnnotations: auditAnnotations ?? {} };
}

function posted(body) {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asked = requestTo(url, { method: "POST", agent, headers, timeout: 10_000 }, (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(pieces).toString() }));
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer in 10 s")));
    asked.on("error", reject);
    asked.end(body);
  });
}

/** What must be the same. The npm package gives all of the verdict, the others what their protocol has. */
function expected(delivery, { verdict, error, patched }) {
  if (error) {
    return delivery === "npm" ? { error } : "refused";
  }
  if (delivery === "npm") {
    return verdict;
  }
  const { allowed, code, message, warnings, auditAnnotations } = verdict;
  const common = { allowed, code, message, warnings, auditAnnotations };
  return delivery === "webhook" ? common : { ...common, patched };
}

const seen = { asked: 0, denied: 0, warned: 0, refused: 0 };
const differences = [];
for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const line = JSON.parse(text);
  seen.asked += 1;
  seen.denied += line.verdict?.allowed === false;
  seen.warned += line.verdict?.warnings.length > 0;
  seen.refused += line.error !== undefined;
  for (const [name, delivery] of Object.entries(DELIVERIES)) {
    const answer = await delivery(line);
    const should = expected(name, line);
    const isSame = should === "refused" ? answer.error !== undefined || answer.code === 400 : isDeepStrictEqual(plain(answer), plain(should));
    if (!isSame) {
      differences.push(`seed ${line.seed}, ${name}:\n  core: ${JSON.stringify(should)}\n  here: ${JSON.stringify(answer)}`);
    }
  }
}

/** Without fields that are undefined. */
function plain(value) {
  return JSON.parse(JSON.stringify(value));
}

host?.stdin.end();
for (const difference of differences.slice(0, 5)) {
  console.error(difference);
}
const names = Object.keys(DELIVERIES).join(" and ");
console.log(`${names}: ${seen.asked} requests (${seen.denied} denied, ${seen.warned} with warnings, ${seen.refused} that cannot be read), ${differences.length} differ from the core`);
process.exitCode = differences.length === 0 && seen.asked > 0 ? 0 : 1;
