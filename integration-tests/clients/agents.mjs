// OpenAI's library for agents. Arguments: the protocol, the gateway's base URL, a key, where the service tells what it saw.

import { Agent, Runner, setOpenAIAPI, setTracingDisabled, tool } from '@openai/agents';
import { OpenAIProvider } from '@openai/agents';
import OpenAI from 'openai';
import { ERRORS, PERSON, PIXEL, TIMEOUT, UNKNOWN, WEATHER, cut, failure, models, run, signal, version } from './exercises.mjs';

const [protocol, baseURL, apiKey] = process.argv.slice(2);

setTracingDisabled(true);

/** The library's default is Responses. */
if (protocol === 'chat') {
  setOpenAIAPI('chat_completions');
}

const runner = (settings) =>
  new Runner({
    modelProvider: new OpenAIProvider({ openAIClient: new OpenAI({ baseURL, apiKey, ...settings }) }),
    tracingDisabled: true,
  });
const gateway = runner({});
const stranger = runner({ apiKey: 'no such key' });

// An error that is worth a retry is to be seen at once.
const once = runner({ maxRetries: 0 });
const hasty = runner({ maxRetries: 0, timeout: TIMEOUT });

const agent = (model, settings) => new Agent({ name: 'Assistant', model, ...settings });

const told = (result) => ({
  text: result.finalOutput,
  reasoning: result.newItems
    .filter((item) => item.type === 'reasoning_item')
    .flatMap((item) => [...(item.rawItem.content ?? []), ...(item.rawItem.rawContent ?? [])])
    .map((part) => part.text)
    .join(''),
  input: result.state.usage.inputTokens,
  output: result.state.usage.outputTokens,
  tokens: result.state.usage.totalTokens,
});

const ask = async (model, input, settings, by = gateway, options = {}) =>
  told(await by.run(agent(model, settings), input, options));

async function stream(model, input, settings, options = {}, heard = () => {}) {
  const result = await gateway.run(agent(model, settings), input, { ...options, stream: true });
  for await (const piece of result.toTextStream()) {
    heard(piece);
  }
  await result.completed;
  return told(result);
}

const describe = (error) => ({
  type: error.constructor.name,
  status: error.status,
  code: error.code,
  message: error.message,
  retryAfter: error.headers?.get('retry-after'),
});

/** Answers with a tool, as often as it is called. */
async function toolLoop(act) {
  const calls = [];
  const weather = tool({
    name: WEATHER.name,
    description: WEATHER.description,
    parameters: WEATHER.schema,
    strict: true,
    execute: (given) => {
      calls.push(given);
      return WEATHER.result;
    },
  });
  const result = await act({ tools: [weather] });
  return { ...result, tool: WEATHER.name, arguments: calls[0], calls };
}

const person = { outputType: { type: 'json_schema', name: 'person', strict: true, schema: PERSON } };

await run({ name: '`@openai/agents`', version: version('@openai/agents'), protocol, errors: ERRORS }, {
  chat: (input) =>
    ask(models.good, input, {
      instructions: 'Be brief.',
      modelSettings: { temperature: 0.25, providerData: UNKNOWN },
    }),

  stream: (input) => stream(models.good, input),

  tools: (input) => toolLoop((tools) => ask(models.good, input, tools)),

  streamedTools: (input) => toolLoop((tools) => stream(models.good, input, tools)),

  json: async (input) => ({ object: (await ask(models.good, input, person)).text }),

  image: (text) =>
    ask(models.good, [
      {
        role: 'user',
        content: [
          { type: 'input_text', text },
          { type: 'input_image', image: PIXEL },
        ],
      },
    ]),

  reasoning: (input) => ask(models.good, input),

  streamedReasoning: (input) => stream(models.good, input),

  async refusal(input) {
    const { error } = await failure(() => ask(models.good, input, person), (thrown) => thrown);
    return { type: error.constructor.name, refusal: error.refusal ?? error.message };
  },

  mistaken: (input) => failure(() => ask(models.good, input), describe),

  stranger: (input) => failure(() => ask(models.good, input, {}, stranger), describe),

  unknownModel: (input) => failure(() => ask(models.unknown, input), describe),

  limited: (input) => failure(() => ask(models.limited, input, {}, once), describe),

  broken: (input) => failure(() => ask(models.broken, input, {}, once), describe),

  async brokenStream(input) {
    let text = '';
    const heard = (piece) => {
      text += piece;
      cut(text);
    };
    return { ...(await failure(() => stream(models.impatient, input, {}, {}, heard), describe)), text };
  },

  async leaveStream(input) {
    const controller = new AbortController();
    let aborted = false;
    const heard = () => {
      aborted = true;
      controller.abort();
    };
    await stream(models.good, input, {}, { signal: controller.signal }, heard).catch(() => {});
    return { aborted };
  },

  leave: (input) => leave(models.good, input),

  leaveLine: (input) => leave(models.waiting, input),

  timeout: (input) => failure(() => ask(models.good, input, {}, hasty), describe),

  afterwards: (input) => ask(models.good, input),
});

/** Gives up a call once it is under way, or in line. */
async function leave(model, input) {
  const controller = new AbortController();
  const left = failure(() => ask(model, input, {}, gateway, { signal: controller.signal }), describe);
  await signal();
  controller.abort();
  return left;
}
