// What every client does against the gateway, and how it says what came of it: one line of JSON for each exercise.

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
  impatient: 'impatient',
  unknown: 'no-such-model',
};

/** The fields that the protocol doesn't know. */
export const UNKNOWN = { x_unknown: { deep: [1, 'two'] } };

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

/** Waits until the test says that the service has got the call. */
export function signal() {
  return new Promise((resolve) => {
    process.stdin.once('data', () => {
      process.stdin.destroy();
      resolve();
    });
  });
}

/** Does all of it, one after the other. What fails unexpectedly ends the program. */
export async function run(exercises) {
  for (const [exercise, act] of Object.entries(exercises)) {
    try {
      console.log(JSON.stringify({ exercise, ...(await act(question(exercise))) }));
    } catch (failure) {
      console.error(`exercise ${exercise} failed:`, failure);
      process.exit(1);
    }
  }
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
