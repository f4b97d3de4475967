// Asks one contender that runs on Node.js, as Driver.java asks those in Java: same arguments, same files.

import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { load } from './load.mjs';

const WARM_UP_CALLERS = 20;
const WARM_UP_QUESTIONS = 20;
const WARM_UP_MILLIS = 15_000;

const [file, variant, command, ...folders] = process.argv.slice(2);
const { start } = await import(pathToFileURL(resolve(file)));
// What a contender drops must not end the process: its caller is told by the promise that it holds.
process.on('unhandledRejection', () => {});

function read(folder) {
  const facts = {};
  const accounts = [];
  const warmUp = [];
  const callers = [];
  for (const line of readFileSync(`${folder}/setup.tsv`, 'utf8').split('\n')) {
    const [what, ...values] = line.split('\t');
    if (what === 'account' || what === 'warm-up') {
      const [id, provider, url, token] = values;
      (what === 'account' ? accounts : warmUp).push({ id, provider, url, token });
    } else if (what === 'caller') {
      callers.push({ tenant: values[0], pause: Number(values[1]), texts: [] });
    } else if (what === 'ask') {
      callers.at(-1).texts.push(values[0]);
    } else if (what) {
      facts[what] = values[0];
    }
  }
  const services = {
    best: variant === 'best',
    model: facts.model,
    maxTokens: Number(facts['max-tokens']),
    patience: Number(facts['patience-millis']),
    accounts,
    folder,
  };
  return { services, warmUp, callers, streams: facts.streams === 'true', stopAfter: Number(facts['stop-millis']) };
}

const sleep = (millis) => new Promise((done) => setTimeout(done, millis));

async function begun() {
  console.log('ready');
  const lines = createInterface({ input: process.stdin });
  await new Promise((done) => {
    lines.once('line', done);
    // Whoever started this has ended.
    lines.once('close', () => process.exit(1));
  });
}

const oneLine = (text) =>
  String(text).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');

/** Asks until all have their answers or the time is over, and returns a line for each answer. */
async function ask(contender, callers, streams, stopAfter) {
  const lines = [];
  const began = performance.now();
  const micros = () => Math.round((performance.now() - began) * 1000);
  let over = false;
  const all = callers.map(async (caller, number) => {
    for (let index = 0; index < caller.texts.length && !over; index++) {
      if (caller.pause) await sleep(caller.pause);
      const question = { text: caller.texts[index], tenant: caller.tenant };
      const asked = micros();
      let result;
      try {
        const text = await (streams ? contender.stream(question) : contender.answer(question));
        result = `said\t${oneLine(text)}`;
      } catch (error) {
        result = `failed\t${oneLine(error)}`;
      }
      if (!over) lines.push(`answer\t${number}\t${index}\t${asked}\t${micros()}\t${result}`);
    }
  });
  await Promise.race([Promise.all(all), sleep(stopAfter)]);
  over = true;
  return lines;
}

async function askCase(folder) {
  const { services, warmUp, callers, streams, stopAfter } = read(folder);
  const texts = (caller) => Array.from({ length: WARM_UP_QUESTIONS }, (_, i) => `Warm-up question ${i} of caller ${caller}`);
  const warming = Array.from({ length: WARM_UP_CALLERS }, (_, i) => ({ tenant: '', pause: 0, texts: texts(i) }));
  await ask(start({ ...services, accounts: warmUp }), warming, streams, WARM_UP_MILLIS);
  const contender = start(services);
  await begun();
  const lines = await ask(contender, callers, streams, stopAfter);
  writeFileSync(`${folder}/answers.tsv`, lines.join('\n'));
}

async function askFaults() {
  await begun();
  await Promise.all(
    folders.map(async (folder) => {
      const { services, callers, streams, stopAfter } = read(folder);
      const lines = await ask(start(services), callers, streams, stopAfter);
      writeFileSync(`${folder}/answers.tsv`, lines.join('\n'));
    }),
  );
}

await {
  case: () => askCase(folders[0]),
  faults: askFaults,
  load: () => load(start, read(folders[0]).services, oneLine),
}[command]();
process.exit(0);
