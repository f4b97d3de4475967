// The AI SDK with each of its providers. Arguments: the provider and protocol, the gateway's base URL, a key, where the service tells what it saw.

import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Output, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import { PERSON, PIXEL, TIMEOUT, UNKNOWN, WEATHER, cut, failure, models, run, signal, version } from './exercises.mjs';

const [provider, baseURL, apiKey] = process.argv.slice(2);

/** Without this, the SDK prints what it leaves out of a request. */
globalThis.AI_SDK_LOG_WARNINGS = false;

const providers = {
  responses: { name: 'AI SDK, `openai(…)`', package: '@ai-sdk/openai', create: (settings) => createOpenAI(settings) },
  chat: { name: 'AI SDK, `openai.chat(…)`', package: '@ai-sdk/openai', create: (settings) => createOpenAI(settings).chat },
  messages: { name: 'AI SDK, `anthropic(…)`', package: '@ai-sdk/anthropic', create: (settings) => createAnthropic(settings) },
  compatible: {
    name: 'AI SDK, `openai-compatible`',
    package: '@ai-sdk/openai-compatible',
    create: (settings) =>
      createOpenAICompatible({
        ...settings,
        name: 'whippletree',
        includeUsage: true,
        supportsStructuredOutputs: true,
      }),
  },
};
const gateway = providers[provider].create({ baseURL, apiKey });
const stranger = providers[provider].create({ baseURL, apiKey: 'no such key' });

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
  return {
    text: await result.text,
    reasoning: await result.reasoningText,
    finish: await result.finishReason,
    model: (await result.response).modelId,
    ...used(await result.usage),
  };
}

const stream = (model, prompt, options) =>
  streamText({ model: gateway(model), prompt, onError: () => {}, ...options });

const describe = (error) => ({
  type: error.name ?? typeof error,
  status: error.statusCode,
  code: error.data?.error?.code ?? error.code,
  message: error.message ?? error.error?.message ?? String(error),
  retryAfter: error.responseHeaders?.['retry-after'],
});

const used = (usage) => ({ input: usage.inputTokens, output: usage.outputTokens, tokens: usage.totalTokens });

const told = (result) => ({
  text: result.text,
  reasoning: result.reasoningText,
  finish: result.finishReason,
  model: result.response.modelId,
  ...used(result.usage),
});

/** Answers with a tool, as often as it is called. */
async function toolLoop(act) {
  const calls = [];
  const weather = tool({
    description: WEATHER.description,
    inputSchema: jsonSchema(WEATHER.schema),
    execute: (given) => {
      calls.push(given);
      return WEATHER.result;
    },
  });
  const result = await act({ tools: { [WEATHER.name]: weather }, stopWhen: stepCountIs(5) });
  return { ...result, tool: WEATHER.name, arguments: calls[0], calls };
}

/** Only by Messages, thoughts are told to those who ask for them. */
const thinking = {
  providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } },
};

const output = Output.object({ schema: jsonSchema(PERSON), name: 'person' });

const api = 'AI_APICallError';
const client = {
  name: providers[provider].name,
  version: `${version('ai')}, ${version(providers[provider].package)}`,
  protocol: provider === 'compatible' ? 'chat' : provider,
  passesUnknown: provider === 'compatible',
  lacks: provider === 'chat' ? ['reasoning', 'refusal'] : ['refusal'],
  errors: {
    badRequest: api,
    unauthorized: api,
    notFound: api,
    rateLimited: api,
    serverError: api,
    brokenStream: 'AI_StreamProviderError',
    left: 'AbortError',
    timedOut: 'TimeoutError',
  },
};

await run(client, {
  async chat(prompt) {
    const result = await ask(models.good, prompt, {
      system: 'Be brief.',
      temperature: 0.25,
      providerOptions: { whippletree: UNKNOWN },
    });
    return { ...told(result), account: result.response.headers['x-whippletree-account'] };
  },

  stream: (prompt) => read(stream(models.good, prompt)),

  tools: (prompt) => toolLoop(async (tools) => told(await ask(models.good, prompt, tools))),

  streamedTools: (prompt) => toolLoop((tools) => read(stream(models.good, prompt, tools))),

  async json(prompt) {
    const result = await ask(models.good, prompt, { output });
    return { object: result.output, finish: result.finishReason };
  },

  async image(text) {
    const content = [
      { type: 'text', text },
      { type: 'image', image: PIXEL },
    ];
    return told(await ask(models.good, undefined, { messages: [{ role: 'user', content }] }));
  },

  reasoning: async (prompt) => told(await ask(models.good, prompt, thinking)),

  streamedReasoning: (prompt) => read(stream(models.good, prompt, thinking)),

  /** The SDK has no place for a refusal: it is a text, which isn't the JSON. */
  refusal: (prompt) => failure(() => ask(models.good, prompt, { output }), describe),

  mistaken: (prompt) => failure(() => ask(models.good, prompt), describe),

  stranger: (prompt) => failure(() => generateText({ model: stranger(models.good), prompt }), describe),

  unknownModel: (prompt) => failure(() => ask(models.unknown, prompt), describe),

  limited: (prompt) => failure(() => ask(models.limited, prompt, once), describe),

  broken: (prompt) => failure(() => ask(models.broken, prompt, once), describe),

  async brokenStream(prompt) {
    let text = '';
    const heard = (part) => {
      text += part.type === 'text-delta' ? part.text : '';
      cut(text);
    };
    return { ...(await failure(() => read(stream(models.impatient, prompt), heard), describe)), text };
  },

  async leaveStream(prompt) {
    const controller = new AbortController();
    let aborted = false;
    const heard = (part) => {
      if (part.type === 'text-delta') {
        controller.abort();
      }
      aborted ||= part.type === 'abort';
    };
    await read(stream(models.good, prompt, { abortSignal: controller.signal }), heard).catch(() => {});
    return { aborted };
  },

  leave: (prompt) => leave(models.good, prompt),

  leaveLine: (prompt) => leave(models.waiting, prompt),

  timeout: (prompt) => failure(() => ask(models.good, prompt, { ...once, timeout: TIMEOUT }), describe),

  afterwards: async (prompt) => told(await ask(models.good, prompt)),
});

/** Gives up a call once it is under way, or in line. */
async function leave(model, prompt) {
  const controller = new AbortController();
  const left = failure(() => ask(model, prompt, { abortSignal: controller.signal }), describe);
  await signal();
  controller.abort();
  return left;
}
