// The official client of Anthropic for JavaScript. Arguments: the gateway's base URL, a key, where the service tells what it saw.

import Anthropic from '@anthropic-ai/sdk';
import { ERRORS, PERSON, PIXEL, TIMEOUT, UNKNOWN, WEATHER, cut, failure, models, run, signal, version } from './exercises.mjs';

const [url, apiKey] = process.argv.slice(2);
const baseURL = url.replace(/\/v1$/, '');
const client = new Anthropic({ baseURL, apiKey });
const stranger = new Anthropic({ baseURL, apiKey: 'no such key' });

// An error that is worth a retry is to be seen at once.
const once = client.withOptions({ maxRetries: 0 });

const MOST_TOKENS = 4000;
const THINKING = { thinking: { type: 'enabled', budget_tokens: 1024 } };

const user = (content) => [{ role: 'user', content }];
const request = (model, content, fields) => ({
  model,
  max_tokens: MOST_TOKENS,
  messages: user(content),
  ...fields,
});

const ask = async (model, content, fields, by = client, options = {}) =>
  told(await by.messages.create(request(model, content, fields), options));

const stream = (model, content, fields) => client.messages.stream(request(model, content, fields));

const describe = (error) => ({
  type: error.constructor.name,
  status: error.status,
  code: error.type ?? error.error?.error?.type,
  message: error.message,
  retryAfter: error.headers?.get('retry-after'),
});

const joined = (message, type, field) =>
  message.content
    .filter((block) => block.type === type)
    .map((block) => block[field])
    .join('');

const used = (usage) => {
  const input = usage.input_tokens + usage.cache_read_input_tokens;
  return { input, output: usage.output_tokens, tokens: input + usage.output_tokens };
};

const told = (message) => ({
  text: joined(message, 'text', 'text'),
  reasoning: joined(message, 'thinking', 'thinking'),
  finish: message.stop_reason === 'end_turn' ? 'stop' : message.stop_reason,
  model: message.model,
  ...used(message.usage),
});

const tools = [{ name: WEATHER.name, description: WEATHER.description, input_schema: WEATHER.schema }];

async function toolLoop(model, content, streamed) {
  const messages = user(content);
  const calls = [];
  for (;;) {
    const wanted = request(model, content, { messages, tools });
    const message = streamed
      ? await client.messages.stream(wanted).finalMessage()
      : await client.messages.create(wanted);
    if (message.stop_reason !== 'tool_use') {
      return { ...told(message), tool: WEATHER.name, arguments: calls[0], calls };
    }
    messages.push({ role: 'assistant', content: message.content });
    const results = message.content
      .filter((block) => block.type === 'tool_use')
      .map((block) => {
        calls.push(block.input);
        return { type: 'tool_result', tool_use_id: block.id, content: WEATHER.result };
      });
    messages.push({ role: 'user', content: results });
  }
}

const format = { output_config: { format: { type: 'json_schema', schema: PERSON } } };

await run({ name: '`@anthropic-ai/sdk`', version: version('@anthropic-ai/sdk'), protocol: 'messages', errors: ERRORS }, {
  chat: (content) => ask(models.good, content, { system: 'Be brief.', temperature: 0.25, ...UNKNOWN }),

  stream: async (content) => told(await stream(models.good, content).finalMessage()),

  tools: (content) => toolLoop(models.good, content, false),

  streamedTools: (content) => toolLoop(models.good, content, true),

  json: async (content) => ({ object: JSON.parse((await ask(models.good, content, format)).text) }),

  image: (text) =>
    ask(models.good, [
      { type: 'text', text },
      {
        type: 'image',
        source: { type: 'base64', media_type: 'image/png', data: PIXEL.slice(PIXEL.indexOf(',') + 1) },
      },
    ]),

  reasoning: (content) => ask(models.good, content, THINKING),

  streamedReasoning: async (content) => told(await stream(models.good, content, THINKING).finalMessage()),

  async refusal(content) {
    const { text, finish } = await ask(models.good, content, format);
    return finish === 'refusal' ? { refusal: text } : { text, finish };
  },

  async count(content) {
    const counted = await client.messages.countTokens({ model: models.good, messages: user(content) });
    return { input: counted.input_tokens };
  },

  mistaken: (content) => failure(() => ask(models.good, content), describe),

  stranger: (content) => failure(() => ask(models.good, content, {}, stranger), describe),

  unknownModel: (content) => failure(() => ask(models.unknown, content), describe),

  limited: (content) => failure(() => ask(models.limited, content, {}, once), describe),

  broken: (content) => failure(() => ask(models.broken, content, {}, once), describe),

  async brokenStream(content) {
    let text = '';
    const read = async () => {
      const events = stream(models.impatient, content).on('text', (piece) => {
        text += piece;
        cut(text);
      });
      return told(await events.finalMessage());
    };
    return { ...(await failure(read, describe)), text };
  },

  async leaveStream(content) {
    const events = stream(models.good, content);
    events.on('text', () => events.abort());
    await events.done().catch(() => {});
    return { aborted: events.aborted };
  },

  leave: (content) => leave(models.good, content),

  leaveLine: (content) => leave(models.waiting, content),

  timeout: (content) => failure(() => ask(models.good, content, {}, once, { timeout: TIMEOUT }), describe),

  afterwards: (content) => ask(models.good, content),
});

/** Gives up a call once it is under way, or in line. */
async function leave(model, content) {
  const controller = new AbortController();
  const left = failure(() => ask(model, content, {}, client, { signal: controller.signal }), describe);
  await signal();
  controller.abort();
  return left;
}
