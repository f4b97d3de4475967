// What every client does against the gateway, what has to come of it, and how that is told: one line of JSON for each
// exercise. The last argument is where the service behind the gateway tells what it has seen.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** By which route an exercise is answered; each does something else. */
export const models = {
  good: 'played',
  broken: 'failing-0',
  limited: 'limited-0',
  waiting: 'line-0',
  impatient: 'breaks-0',
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

const ANSWER = 'Hello, Ada.';
const BROKEN = 'Hello, A';
const REASONING = 'They want a greeting.';
const REFUSAL = "I can't help with that.";
const WORKS = 'works';
const NO_PLACE = 'the client has no place for it';

/** Only keeps an exercise that would never end from never ending. */
const PATIENCE = 30_000;

/** Returns the version of an installed package. */
export function version(name) {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

/** Asks what the service has seen; answers once it has. */
async function seen(what, mark) {
  const response = await fetch(`${process.argv.at(-1)}/${what}/${mark}`, { signal: AbortSignal.timeout(PATIENCE) });
  return response.json();
}

let current;

/** Waits until the call is where the exercise wants it: under way, or in line. */
export async function signal() {
  await (current.name === 'leaveLine' ? seen('waiting', 1) : seen('arrived', current.mark));
}

/** Has the answer break off once all that comes of it has been read: what hasn't been is lost. */
export function cut(text) {
  if (text === BROKEN) {
    current.cut ??= seen('cut', current.mark);
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

function answered(result) {
  assert.equal(result.text, ANSWER);
  assert.equal(result.finish ?? 'stop', 'stop');
  assert.equal(result.model ?? 'played-model', 'played-model');
  assert.equal(result.output, 7);
  assert.equal(result.input, 11);
  assert.equal(result.tokens, 18);
}

const error = (name, status, words) => (result, client) => {
  assert.equal(result.error.type, client.errors[name]);
  assert.equal(result.error.status ?? status, status);
  assert.ok(result.error.message.includes(words), result.error.message);
};

async function toolUsed(result, client, mark) {
  assert.equal(result.tool, WEATHER.name);
  assert.deepEqual(result.calls, [{ city: 'Bern' }, { city: 'Basel' }]);
  assert.equal(result.text, `The tool said: ${WEATHER.result}, ${WEATHER.result}`);
  assert.equal((await seen('received', mark)).length, 3);
}

function reasoned(result, client) {
  assert.equal(result.text, ANSWER);
  return told(result.reasoning, REASONING, client, 'reasoning');
}

/** Something that some clients have no place for, and then don't tell at all. */
function told(actual, expected, client, capability) {
  const lacks = client.lacks.includes(capability);
  assert.equal(actual || undefined, lacks ? undefined : expected);
  return lacks ? NO_PLACE : WORKS;
}

/** Each exercise: the answer that the service plays, its place in the table of clients, and what has to come of it. */
const EXERCISES = {
  async chat(result, client, mark) {
    answered(result);
    const [body, ...others] = await seen('received', mark);
    assert.deepEqual(others, []);
    assert.equal(body.model, 'played-model');
    assert.equal(body.temperature, 0.25);
    assert.ok(JSON.stringify(body.messages).includes('Be brief.'));
    if (client.passesUnknown) {
      assert.deepEqual(body.x_unknown, UNKNOWN.x_unknown);
    }
  },

  async stream(result, client, mark) {
    answered(result);
    assert.equal((await seen('received', mark))[0].stream, true);
  },

  tools: toolUsed,
  streamedTools: toolUsed,

  async json(result, client, mark) {
    assert.deepEqual(result.object, { name: 'Ada', age: 36 });
    const wanted = JSON.stringify((await seen('received', mark))[0]);
    assert.ok(wanted.includes('"integer"') && wanted.includes('"additionalProperties":false'), wanted);
  },

  image: (result) => assert.equal(result.text, 'One pixel.'),
  reasoning: reasoned,
  streamedReasoning: reasoned,
  refusal: (result, client) => told(result.refusal, REFUSAL, client, 'refusal'),
  count: (result) => assert.ok(result.input > 0),
  mistaken: error('badRequest', 400, 'the temperature is wrong'),
  stranger: error('unauthorized', 401, 'key'),
  unknownModel: error('notFound', 404, 'no-such-model'),

  limited(result, client) {
    error('rateLimited', 429, '')(result, client);
    const seconds = Number(result.error.retryAfter);
    assert.ok(seconds >= 1 && seconds <= 60, `Retry-After: ${result.error.retryAfter}`);
  },

  broken: error('serverError', 502, ''),

  brokenStream(result, client) {
    assert.equal(result.error.type, client.errors.brokenStream);
    assert.ok(result.error.message.includes('the answer broke off'), result.error.message);
    assert.equal(result.text, BROKEN);
  },

  async leaveStream(result, client, mark) {
    assert.equal(result.aborted, true);
    await seen('left', mark);
  },

  leave: (result, client) => assert.equal(result.error.type, client.errors.left),

  async leaveLine(result, client, mark) {
    assert.equal(result.error.type, client.errors.left);
    await seen('waiting', 0);
    assert.deepEqual(await seen('received', mark), []);
  },

  timeout: (result, client) => assert.equal(result.error.type, client.errors.timedOut),
  afterwards: answered,

  batches(result) {
    assert.equal(result.text, ANSWER);
    assert.deepEqual(result.ids, ['good', 'bad']);
    assert.equal(result.status, 400);
    assert.deepEqual(result.counts, { total: 2, completed: 1, failed: 1 });
    assert.equal(result.deleted, true);
  },
};

/** The answers that the service plays, if not a whole one. */
const ANSWERS = {
  tools: 'tools',
  streamedTools: 'tools',
  json: 'schema',
  image: 'image',
  reasoning: 'reasoning',
  streamedReasoning: 'reasoning',
  refusal: 'refusal',
  mistaken: 'badRequest',
  limited: 'limited',
  broken: 'failing',
  brokenStream: 'breaks',
  leaveStream: 'stalls',
  leave: 'hangs',
  leaveLine: 'limited',
  timeout: 'hangs',
};

/** Cases of which the first word is a column of the table of clients. */
const CASES = {
  chat: 'whole',
  streamedTools: 'tools-stream',
  json: 'JSON',
  streamedReasoning: 'reasoning-stream',
  mistaken: 'errors-400',
  stranger: 'errors-401',
  unknownModel: 'errors-404',
  limited: 'errors-429',
  broken: 'errors-502',
  brokenStream: 'break',
  leaveStream: 'leaving-stream',
  leave: 'leaving-whole',
  leaveLine: 'leaving-line',
};

/**
 * Does all of it, one after the other. What fails unexpectedly is told, and the others go on.
 *
 * A client has a name and a version, as the page's table of clients tells them, a protocol, names of errors, and what it
 * lacks; by default it passes fields that it doesn't know, where the protocol isn't translated.
 */
export async function run(given, acts) {
  const client = { lacks: [], passesUnknown: given.protocol === 'chat', ...given };
  console.log(JSON.stringify({ exercise: 'version', client: client.name, case: 'version', result: client.version }));
  for (const [name, act] of Object.entries(acts)) {
    const place = `${client.protocol} ${CASES[name] ?? name}`;
    const line = { exercise: `${client.name} ${place}`, client: client.name, case: place };
    current = { name, mark: `${name}.${ANSWERS[name] ?? 'whole'}` };
    try {
      const result = await act(`Why us? [${current.mark}]`);
      await current.cut;
      line.result = (await EXERCISES[name](result, client, current.mark)) ?? WORKS;
    } catch (failed) {
      console.error(`exercise ${name} failed:`, failed);
      line.failed = String(failed?.stack ?? failed);
    }
    console.log(JSON.stringify(line));
  }
  process.stdin.destroy();
}

/** The names that OpenAI's own client and those that are built like it give to their errors. */
export const ERRORS = {
  badRequest: 'BadRequestError',
  unauthorized: 'AuthenticationError',
  notFound: 'NotFoundError',
  rateLimited: 'RateLimitError',
  serverError: 'InternalServerError',
  brokenStream: 'APIError',
  left: 'APIUserAbortError',
  timedOut: 'APIConnectionTimeoutError',
};
