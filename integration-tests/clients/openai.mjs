// The official client of OpenAI for JavaScript. Arguments: the protocol, the gateway's base URL, a key, where the service tells what it saw.

import OpenAI, { toFile } from 'openai';
import { ERRORS, PERSON, PIXEL, TIMEOUT, UNKNOWN, WEATHER, cut, failure, models, run, signal, version } from './exercises.mjs';

const [protocol, baseURL, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey });
const stranger = new OpenAI({ baseURL, apiKey: 'no such key' });

// An error that is worth a retry is to be seen at once.
const once = client.withOptions({ maxRetries: 0 });

const describe = (error) => ({
  type: error.constructor.name,
  status: error.status,
  code: error.code,
  message: error.message,
  retryAfter: error.headers?.get('retry-after'),
});

const user = (content) => [{ role: 'user', content }];

const chat = {
  format: { response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema: PERSON } } },
  streamed: { stream: true, stream_options: { include_usage: true } },
  tools: [
    {
      type: 'function',
      function: { name: WEATHER.name, description: WEATHER.description, parameters: WEATHER.schema },
    },
  ],

  create: (by, model, content, fields, options) =>
    by.chat.completions.create({ model, messages: user(content), ...fields }, options),

  brief: (content) => ({ messages: [{ role: 'system', content: 'Be brief.' }, ...user(content)] }),

  picture: (content) => [
    { type: 'text', text: content },
    { type: 'image_url', image_url: { url: PIXEL } },
  ],

  told: (completion) => ({
    text: completion.choices[0].message.content,
    refusal: completion.choices[0].message.refusal,
    reasoning: completion.choices[0].message.reasoning_content,
    finish: completion.choices[0].finish_reason,
    model: completion.model,
    input: completion.usage?.prompt_tokens,
    output: completion.usage?.completion_tokens,
    tokens: completion.usage?.total_tokens,
  }),

  delta: (chunk) => chunk.choices[0]?.delta.content,

  async streamedWhole(stream) {
    let text = '';
    let reasoning = '';
    let last = {};
    let finish;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      reasoning += chunk.choices[0]?.delta.reasoning_content ?? '';
      finish = chunk.choices[0]?.finish_reason ?? finish;
      last = chunk;
    }
    return { ...chat.told({ ...last, choices: [{ message: { content: text }, finish_reason: finish }] }), reasoning };
  },

  async toolLoop(model, content, streamed) {
    const calls = [];
    const parse = (given) => JSON.parse(given);
    const call = (given) => {
      calls.push(given);
      return WEATHER.result;
    };
    const tools = [{ ...chat.tools[0], function: { ...chat.tools[0].function, parse, function: call } }];
    const runner = client.chat.completions.runTools({ model, messages: user(content), tools, stream: streamed });
    const text = await runner.finalContent();
    return { text, tool: WEATHER.name, arguments: calls[0], calls };
  },

  async parsed(content) {
    const completion = await client.chat.completions.parse({
      model: models.good,
      messages: user(content),
      ...chat.format,
    });
    return { ...chat.told(completion), object: completion.choices[0].message.parsed };
  },
};

const responses = {
  format: { text: { format: { type: 'json_schema', name: 'person', strict: true, schema: PERSON } } },
  streamed: { stream: true },
  tools: [
    {
      type: 'function',
      name: WEATHER.name,
      description: WEATHER.description,
      parameters: WEATHER.schema,
      strict: true,
    },
  ],

  create: (by, model, content, fields, options) =>
    by.responses.create({ model, input: typeof content === 'string' ? content : user(content), ...fields }, options),

  brief: () => ({ instructions: 'Be brief.' }),

  picture: (content) => [
    { type: 'input_text', text: content },
    { type: 'input_image', image_url: PIXEL, detail: 'auto' },
  ],

  told: (response) => ({
    text: response.output_text,
    refusal: response.output.flatMap((item) => item.content ?? []).find((part) => part.type === 'refusal')?.refusal,
    reasoning: response.output.find((item) => item.type === 'reasoning')?.summary.map((part) => part.text).join(''),
    finish: response.status === 'completed' ? 'stop' : response.status,
    model: response.model,
    input: response.usage?.input_tokens,
    output: response.usage?.output_tokens,
    tokens: response.usage?.total_tokens,
  }),

  delta: (event) => (event.type === 'response.output_text.delta' ? event.delta : undefined),

  async streamedWhole(stream) {
    let text = '';
    let completed;
    for await (const event of stream) {
      text += responses.delta(event) ?? '';
      completed = event.type === 'response.completed' ? event.response : completed;
    }
    return { ...responses.told({ output_text: text, ...completed }), text };
  },

  async toolLoop(model, content, streamed) {
    const input = user(content);
    const calls = [];
    for (;;) {
      const request = { model, input, tools: responses.tools };
      const response = streamed
        ? await client.responses.stream(request).finalResponse()
        : await client.responses.create(request);
      const wanted = response.output.filter((item) => item.type === 'function_call');
      if (wanted.length === 0) {
        return { text: response.output_text, tool: WEATHER.name, arguments: calls[0], calls };
      }
      input.push(...response.output);
      for (const call of wanted) {
        calls.push(JSON.parse(call.arguments));
        input.push({ type: 'function_call_output', call_id: call.call_id, output: WEATHER.result });
      }
    }
  },

  async parsed(content) {
    const response = await client.responses.parse({ model: models.good, input: content, ...responses.format });
    return { ...responses.told(response), object: response.output_parsed };
  },
};

const api = { chat, responses }[protocol];
const ask = (model, content, fields, by = client, options = {}) => api.create(by, model, content, fields, options);

await run({ name: 'openai', version: version('openai'), protocol, errors: ERRORS }, {
  async chat(content) {
    const { data, response } = await ask(models.good, content, {
      ...api.brief(content),
      temperature: 0.25,
      ...UNKNOWN,
    }).withResponse();
    return { ...api.told(data), account: response.headers.get('x-whippletree-account'), request: data._request_id };
  },

  stream: async (content) => api.streamedWhole(await ask(models.good, content, api.streamed)),

  tools: (content) => api.toolLoop(models.good, content, false),

  streamedTools: (content) => api.toolLoop(models.good, content, true),

  json: (content) => api.parsed(content),

  async image(content) {
    return api.told(await ask(models.good, api.picture(content)));
  },

  async reasoning(content) {
    return api.told(await ask(models.good, content));
  },

  streamedReasoning: async (content) => api.streamedWhole(await ask(models.good, content, api.streamed)),

  refusal: (content) => api.parsed(content),

  mistaken: (content) => failure(() => ask(models.good, content), describe),

  stranger: (content) => failure(() => ask(models.good, content, {}, stranger), describe),

  unknownModel: (content) => failure(() => ask(models.unknown, content), describe),

  limited: (content) => failure(() => ask(models.limited, content, {}, once), describe),

  broken: (content) => failure(() => ask(models.broken, content, {}, once), describe),

  async brokenStream(content) {
    let text = '';
    const read = async () => {
      for await (const event of await ask(models.impatient, content, { stream: true })) {
        text += api.delta(event) ?? '';
        cut(text);
      }
    };
    return { ...(await failure(read, describe)), text };
  },

  async leaveStream(content) {
    const stream = await ask(models.good, content, { stream: true });
    for await (const event of stream) {
      if (api.delta(event)) {
        break;
      }
    }
    return { aborted: stream.controller.signal.aborted };
  },

  leave: (content) => leave(models.good, content),

  leaveLine: (content) => leave(models.waiting, content),

  timeout: (content) => failure(() => ask(models.good, content, {}, once, { timeout: TIMEOUT }), describe),

  async afterwards(content) {
    return api.told(await ask(models.good, content));
  },

  /** From the upload to the error file. */
  async batches(content) {
    const url = protocol === 'chat' ? '/v1/chat/completions' : '/v1/responses';
    const asked = (text) => (protocol === 'chat' ? { messages: user(text) } : { input: text });
    const line = (custom_id, text) =>
      JSON.stringify({ custom_id, method: 'POST', url, body: { model: models.good, ...asked(text) } });
    const lines = [line('good', content), line('bad', content.replace('whole', 'badRequest'))];
    const file = await client.files.create({
      file: await toFile(Buffer.from(lines.join('\n')), 'lines.jsonl'),
      purpose: 'batch',
    });
    let batch = await client.batches.create({ input_file_id: file.id, endpoint: url, completion_window: '24h' });
    while (!['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      batch = await client.batches.retrieve(batch.id);
    }
    if (batch.status !== 'completed') {
      throw new Error(JSON.stringify(batch));
    }
    const read = async (id) => JSON.parse(await (await client.files.content(id)).text());
    const output = await read(batch.output_file_id);
    const errors = await read(batch.error_file_id);
    const { body } = output.response;
    const text = protocol === 'chat' ? body.choices[0].message.content : body.output[0].content[0].text;
    const ids = [output.custom_id, errors.custom_id];
    const { deleted } = await client.files.delete(file.id);
    return { text, ids, status: errors.response.status_code, counts: batch.request_counts, deleted };
  },
});

/** Gives up a call once it is under way, or in line. */
async function leave(model, content) {
  const controller = new AbortController();
  const left = failure(() => ask(model, content, {}, client, { signal: controller.signal }), describe);
  await signal();
  controller.abort();
  return left;
}
