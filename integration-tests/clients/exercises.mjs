// What every client does against the gateway, and how it says what came of it: one line of JSON for each exercise.

import { readFileSync } from 'node:fs';

export const MODEL = 'openai/gpt-oss-20b';

/** By which account, or route, an exercise is answered; each does something else. */
export const models = {
  good: `good/${MODEL}`,
  groq: `groq/${MODEL}`,
  mistaken: `mistaken/${MODEL}`,
  broken: `broken/${MODEL}`,
  stalling: `stalling/${MODEL}`,
  silent: `silent/${MODEL}`,
  limited: 'limited',
  waiting: 'waiting',
  impatient: 'impatient',
  unknown: 'no-such-model',
};

/** The fields that the protocol doesn't know. */
export const UNKNOWN = { x_unknown: { deep: [1, 'two'] } };

/** A client's own timeout, in milliseconds: for a call that is never answered. */
export const TIMEOUT = 250;

export const WEATHER = {
  name: 'weather',
  description: 'Tells the weather.',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  result: '21 degrees',
};

export const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
};

/** A picture of one pixel. */
export const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Returns what is asked in an exercise. */
export function question(exercise) {
  return `Why us? (${exercise})`;
}

/** Waits until the test says that the call is where the exercise wants it. */
export function signal() {
  return new Promise((resolve) => {
    process.stdin.once('data', () => {
      process.stdin.pause();
      resolve();
    });
    process.stdin.resume();
  });
}

/** Returns the version of an installed package. */
export function version(name) {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

/** Does all of it, one after the other. What fails unexpectedly is told, and the others go on. */
export async function run(exercises) {
  for (const [exercise, act] of Object.entries(exercises)) {
    let result;
    try {
      result = await act(question(exercise));
    } catch (failure) {
      console.error(`exercise ${exercise} failed:`, failure);
      result = { failed: String(failure?.stack ?? failure) };
    }
    console.log(JSON.stringify({ exercise, ...result }));
  }
  process.stdin.destroy();
}

/** Returns what is told of the error that there is to be. */
export async function failure(act, describe) {
  let answer;
  try {
    answer = await act();
  } catch (error) {
    return { error: describe(error) };
  }
  throw new Error(`an answer instead of an error: ${JSON.stringify(answer)}`);
}
