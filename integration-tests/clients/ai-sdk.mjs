// The AI SDK with its provider for compatible services. Arguments: the gateway's base URL, a key.

import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Output, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import { PERSON, PIXEL, UNKNOWN, WEATHER, failure, models, run, signal } from './exercises.mjs';

const [baseURL, apiKey] = process.argv.slice(2);
const name = 'whippletree';
const settings = { name, baseURL, includeUsage: true, supportsStructuredOutputs: true };
const gateway = createOpenAICompatible({ ...settings, apiKey });
const stranger = createOpenAICompatible({ ...settings, apiKey: 'no such key' });

// An error that is worth a retry is to be seen at once.
const once = { maxRetries: 0 };

const ask = (model, prompt, options) => generateText({ model: gateway(model), prompt, ...options });

/** Streams to the end, and throws what went wrong, which the SDK tells as a part of the stream. */
async function read(result, heard = () => {}) {
  for await (const part of result.fullStream) {
    if (part.type === 'error') {
      throw part.error;
    }
    heard(part);
  }
}

const stream = (model, prompt, options) =>
  streamText({ model: gateway(model), prompt, onError: () => {}, ...options });

const describe = (error) => ({
  type: error.name ?? typeof error,
  status: error.statusCode,
  code: error.data?.error.code ?? error.code,
  message: error.message ?? String(error),
  retryAfter: error.responseHeaders?.['retry-after'],
});

const told = (result) => ({
  text: result.text,
  finish: result.finishReason,
  model: result.response.modelId,
  tokens: result.usage.totalTokens,
});

const calls = [];
const weather = tool({
  description: WEATHER.description,
  inputSchema: jsonSchema(WEATHER.schema),
  execute: (given) => {
    calls.push(given);
    return WEATHER.result;
  },
});
const withTools = { tools: { [WEATHER.name]: weather }, stopWhen: stepCountIs(5) };

await run({
  async chat(prompt) {
    const result = await ask(models.good, prompt, {
      system: 'Be brief.',
      temperature: 0.25,
      providerOptions: { [name]: UNKNOWN },
    });
    return { ...told(result), account: result.response.headers['x-whippletree-account'] };
  },

  async stream(prompt) {
    const result = stream(models.groq, prompt);
    await read(result);
    return {
      text: await result.text,
      finish: await result.finishReason,
      model: (await result.response).modelId,
      tokens: (await result.usage).totalTokens,
    };
  },

  async tools(prompt) {
    calls.length = 0;
    const result = await ask(models.good, prompt, withTools);
    return { ...told(result), tool: result.steps[0].toolCalls[0].toolName, arguments: calls[0] };
  },

  async streamedTools(prompt) {
    calls.length = 0;
    const result = stream(models.groq, prompt, withTools);
    await read(result);
    const [first] = await result.steps;
    return { text: await result.text, tool: first.toolCalls[0].toolName, arguments: calls[0], calls: calls.length };
  },

  async json(prompt) {
    const result = await ask(models.good, prompt, {
      output: Output.object({ schema: jsonSchema(PERSON), name: 'person' }),
    });
    return { object: result.output, finish: result.finishReason };
  },

  async image(text) {
    const content = [
      { type: 'text', text },
      { type: 'image', image: PIXEL },
    ];
    return told(await ask(models.good, undefined, { messages: [{ role: 'user', content }] }));
  },

  mistaken: (prompt) => failure(() => ask(models.mistaken, prompt), describe),

  stranger: (prompt) =>
    failure(() => generateText({ model: stranger(models.good), prompt }), describe),

  unknownModel: (prompt) => failure(() => ask(models.unknown, prompt), describe),

  limited: (prompt) => failure(() => ask(models.limited, prompt, once), describe),

  broken: (prompt) => failure(() => ask(models.broken, prompt, once), describe),

  async brokenStream(prompt) {
    let text = '';
    const heard = (part) => {
      text += part.type === 'text-delta' ? part.text : '';
    };
    return { ...(await failure(() => read(stream(models.impatient, prompt), heard), describe)), text };
  },

  async leaveStream(prompt) {
    const controller = new AbortController();
    let aborted = false;
    await read(stream(models.stalling, prompt, { abortSignal: controller.signal }), (part) => {
      if (part.type === 'text-delta') {
        controller.abort();
      }
      aborted ||= part.type === 'abort';
    });
    return { aborted };
  },

  async leave(prompt) {
    const controller = new AbortController();
    const left = failure(() => ask(models.silent, prompt, { abortSignal: controller.signal }), describe);
    await signal();
    controller.abort();
    return left;
  },

  async afterwards(prompt) {
    return told(await ask(models.good, prompt));
  },
});
