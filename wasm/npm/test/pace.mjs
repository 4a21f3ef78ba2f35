// How long the package takes on the inputs that `pace` of the tests' crate wrote: microseconds, the median of many runs.

/**
 * @param {typeof import("steadfast")} steadfast the package, initialised
 * @param {(file: string) => Promise<string>} read reads an input
 */
export async function measure(steadfast, read) {
  const { ObservationHandle, text } = steadfast;
  const found = {};
  for (const replicas of [1_000, 10_000]) {
    const world = await read(`world-${replicas}.json`);
    const pod = await read(`pod-${replicas}.json`);
    const handle = ObservationHandle.open(world).value;
    found[`decision-${replicas}`] = median(() => handle.reconcileText());
    found[`delta-${replicas}`] = median(() => {
      handle.put(pod);
      return handle.reconcileText();
    });
    handle.dispose();
    if (replicas === 1_000) {
      found["text-1000"] = median(() => text.reconcile(world));
    }
  }
  for (const name of ["create-100", "roll-100"]) {
    const question = await read(`${name}.json`);
    found[name] = median(() => text.plan(question));
  }
  return found;
}

function median(work) {
  // Chromium's clock counts in steps of 0.1 ms: short work is done as often between two looks at it as takes some milliseconds.
  let often = 1;
  while (timed(work, often) < 4) {
    often *= 2;
  }
  const times = [];
  for (const until = performance.now() + 1_500; performance.now() < until || times.length < 5; ) {
    times.push(timed(work, often) / often);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] * 1_000;
}

/** Milliseconds for doing it so often. */
function timed(work, often) {
  const start = performance.now();
  for (let at = 0; at < often; at += 1) {
    work();
  }
  return performance.now() - start;
}
