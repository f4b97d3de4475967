// Keeps a contender busy as lines of text demand, as Load.java does for those in Java: same lines, same answers.

import { createInterface } from 'node:readline';

// Longer than the minute that the load's setup lets a call take.
const LAST_CALLS_MILLIS = 70_000;
const MOST_SAMPLES = 20;
const SAMPLE_EVERY = 50;

/** How many calls took how long: in microseconds, rounded up to three digits. */
class Times {
  counts = new Map();

  add(millis) {
    let value = Math.ceil(millis * 1000);
    let unit = 1;
    while (value >= 1000) {
      value = Math.ceil(value / 10);
      unit *= 10;
    }
    this.counts.set(value * unit, (this.counts.get(value * unit) ?? 0) + 1);
  }

  take() {
    const all = [...this.counts].map(([micros, count]) => `${micros}:${count}`).join(' ');
    this.counts.clear();
    return all;
  }
}

export async function load(start, services, oneLine) {
  const times = new Times();
  const run = Date.now();
  let contender;
  let callers = [];
  let questions = 0;
  let failed = 0;
  let failure = '';
  // Each load's own, so that who is given up on doesn't ask on in the next.
  let current = { over: false };
  let cutAt = 0;

  async function askOn(caller, streams, load) {
    for (let number = 0; !load.over; number++) {
      const text = `What did you learn from attempt ${++questions} of project ${run}, and whom did you tell?`;
      caller.askedAt = performance.now();
      try {
        const answer = await (streams ? contender.stream({ text }) : contender.answer({ text }));
        if (load.over) break;
        times.add(performance.now() - caller.askedAt);
        if (number % SAMPLE_EVERY === 0) caller.sample = `${oneLine(text)}\t${oneLine(answer)}`;
      } catch (error) {
        if (load.over) break;
        failed++;
        failure = oneLine(error);
      }
      caller.askedAt = undefined;
    }
    caller.askedAt = undefined;
  }

  const commands = {
    kind: () => ['library'],
    start: () => {
      contender = start(services);
      return [];
    },
    ask: (number, kind) => {
      current = { over: false };
      cutAt = performance.now();
      callers = Array.from({ length: Number(number) }, () => {
        const caller = {};
        caller.ended = askOn(caller, kind === 'streams', current);
        return caller;
      });
      return [];
    },
    cut: () => {
      const now = performance.now();
      const open = new Times();
      callers.filter((caller) => caller.askedAt < cutAt).forEach((caller) => open.add(now - caller.askedAt));
      const samples = callers.filter((caller) => caller.sample).slice(0, MOST_SAMPLES);
      const lines = [
        `nanos\t${Math.round((now - cutAt) * 1e6)}`,
        `failed\t${failed}\t${failure}`,
        `ended\t${times.take()}`,
        `open\t${open.take()}`,
        ...samples.map((caller) => `said\t${caller.sample}`),
      ];
      failed = 0;
      failure = '';
      cutAt = now;
      return lines;
    },
    stop: async () => {
      current.over = true;
      let timer;
      const tooLong = new Promise((done) => (timer = setTimeout(done, LAST_CALLS_MILLIS)));
      await Promise.race([Promise.all(callers.map((caller) => caller.ended)), tooLong]);
      clearTimeout(timer);
      const left = callers.filter((caller) => caller.askedAt !== undefined).length;
      callers = [];
      times.take();
      failed = 0;
      failure = '';
      return [`left\t${left}`];
    },
  };

  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, ...words] = line.split(' ');
    console.log([...(await commands[name](...words)), '.'].join('\n'));
  }
}
