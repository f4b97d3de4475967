// LangChain with its provider for OpenAI. Arguments: the protocol, the gateway's base URL, a key, where the service tells what it saw.

import { HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { ERRORS, PERSON, PIXEL, TIMEOUT, UNKNOWN, WEATHER, cut, failure, models, run, signal, version } from './exercises.mjs';

const [protocol, baseURL, apiKey] = process.argv.slice(2);

const chat = (model, settings) =>
  new ChatOpenAI({
    model,
    apiKey,
    configuration: { baseURL },
    useResponsesApi: protocol === 'responses',
    ...settings,
  });

// An error that is worth a retry is to be seen at once.
const once = { maxRetries: 0 };

const told = (message) => ({
  text: message.text,
  refusal: message.additional_kwargs.refusal,
  reasoning:
    message.additional_kwargs.reasoning_content ??
    message.additional_kwargs.reasoning?.summary?.map((part) => part.text).join(''),
  finish: message.response_metadata.finish_reason,
  model: message.response_metadata.model_name,
  input: message.usage_metadata?.input_tokens,
  output: message.usage_metadata?.output_tokens,
  tokens: message.usage_metadata?.total_tokens,
});

const ask = async (model, content, settings, options) => told(await chat(model, settings).invoke(content, options));

async function whole(stream, heard = () => {}) {
  let message;
  for await (const chunk of await stream) {
    heard(chunk.text);
    message = message === undefined ? chunk : message.concat(chunk);
  }
  return message;
}

const stream = async (model, content, settings, options, heard) =>
  told(await whole(chat(model, settings).stream(content, options), heard));

const describe = (error) => ({
  type: error.constructor.name,
  status: error.status,
  code: error.code,
  message: error.message,
  retryAfter: error.headers?.get?.('retry-after'),
});

const tools = [
  {
    type: 'function',
    function: { name: WEATHER.name, description: WEATHER.description, parameters: WEATHER.schema },
  },
];

async function toolLoop(model, content, streamed) {
  const messages = [new HumanMessage(content)];
  const calls = [];
  const bound = chat(model).bindTools(tools);
  for (;;) {
    const message = streamed ? await whole(bound.stream(messages)) : await bound.invoke(messages);
    if (message.tool_calls.length === 0) {
      return { ...told(message), tool: WEATHER.name, arguments: calls[0], calls };
    }
    messages.push(message);
    for (const call of message.tool_calls) {
      calls.push(call.args);
      messages.push(new ToolMessage({ content: WEATHER.result, tool_call_id: call.id }));
    }
  }
}

const structured = (model) =>
  chat(model).withStructuredOutput(PERSON, { name: 'person', method: 'jsonSchema', strict: true, includeRaw: true });

const lacks = protocol === 'chat' ? ['refusal'] : [];
const errors = { ...ERRORS, left: 'Error', timedOut: 'Error' };

await run({ name: '`@langchain/openai`', version: version('@langchain/openai'), protocol, errors, lacks }, {
  chat: (content) =>
    ask(models.good, [new SystemMessage('Be brief.'), new HumanMessage(content)], {
      temperature: 0.25,
      modelKwargs: UNKNOWN,
    }),

  stream: (content) => stream(models.good, content),

  tools: (content) => toolLoop(models.good, content, false),

  streamedTools: (content) => toolLoop(models.good, content, true),

  json: async (content) => ({ object: (await structured(models.good).invoke(content)).parsed }),

  image: (text) =>
    ask(models.good, [
      new HumanMessage({
        content: [
          { type: 'text', text },
          { type: 'image_url', image_url: { url: PIXEL } },
        ],
      }),
    ]),

  reasoning: (content) => ask(models.good, content),

  streamedReasoning: (content) => stream(models.good, content),

  refusal: async (content) => told((await structured(models.good).invoke(content)).raw),

  mistaken: (content) => failure(() => ask(models.good, content), describe),

  stranger: (content) => failure(() => ask(models.good, content, { apiKey: 'no such key' }), describe),

  unknownModel: (content) => failure(() => ask(models.unknown, content), describe),

  limited: (content) => failure(() => ask(models.limited, content, once), describe),

  broken: (content) => failure(() => ask(models.broken, content, once), describe),

  async brokenStream(content) {
    let text = '';
    const heard = (piece) => {
      text += piece;
      cut(text);
    };
    return { ...(await failure(() => stream(models.impatient, content, {}, {}, heard), describe)), text };
  },

  async leaveStream(content) {
    const controller = new AbortController();
    let aborted = false;
    const heard = () => {
      aborted = true;
      controller.abort();
    };
    await stream(models.good, content, {}, { signal: controller.signal }, heard).catch(() => {});
    return { aborted };
  },

  leave: (content) => leave(models.good, content),

  leaveLine: (content) => leave(models.waiting, content),

  timeout: (content) => failure(() => ask(models.good, content, { ...once, timeout: TIMEOUT }), describe),

  afterwards: (content) => ask(models.good, content),
});

/** Gives up a call once it is under way, or in line. */
async function leave(model, content) {
  const controller = new AbortController();
  const left = failure(() => ask(model, content, {}, { signal: controller.signal }), describe);
  await signal();
  controller.abort();
  return left;
}
