// The official client of OpenAI for JavaScript. Arguments: the gateway's base URL, a key.

import OpenAI from 'openai';
import { PERSON, PIXEL, UNKNOWN, WEATHER, failure, models, run, signal } from './exercises.mjs';

const [baseURL, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey });
const stranger = new OpenAI({ baseURL, apiKey: 'no such key' });

// An error that is worth a retry is to be seen at once.
const once = client.withOptions({ maxRetries: 0 });

const user = (content) => [{ role: 'user', content }];
const tools = [
  {
    type: 'function',
    function: { name: WEATHER.name, description: WEATHER.description, parameters: WEATHER.schema },
  },
];

const create = (model, content, options, by = client) =>
  by.chat.completions.create({ model, messages: user(content), ...options });

const describe = (error) => ({
  type: error.constructor.name,
  status: error.status,
  code: error.code,
  message: error.message,
  retryAfter: error.headers?.get('retry-after'),
});

const told = (completion) => ({
  text: completion.choices[0].message.content,
  finish: completion.choices[0].finish_reason,
  model: completion.model,
  tokens: completion.usage.total_tokens,
});

await run({
  async chat(content) {
    const { data, response } = await client.chat.completions
      .create({
        model: models.good,
        messages: [{ role: 'system', content: 'Be brief.' }, ...user(content)],
        temperature: 0.25,
        ...UNKNOWN,
      })
      .withResponse();
    return { ...told(data), account: response.headers.get('x-whippletree-account') };
  },

  async stream(content) {
    const stream = await create(models.groq, content, { stream: true, stream_options: { include_usage: true } });
    const result = { text: '' };
    for await (const chunk of stream) {
      const choice = chunk.choices[0];
      result.text += choice?.delta.content ?? '';
      result.finish = choice?.finish_reason ?? result.finish;
      result.model = chunk.model;
      result.tokens = chunk.usage?.total_tokens ?? result.tokens;
    }
    return result;
  },

  async tools(content) {
    const messages = user(content);
    const asked = await client.chat.completions.create({ model: models.good, messages, tools });
    const [call] = asked.choices[0].message.tool_calls;
    messages.push(asked.choices[0].message, { role: 'tool', tool_call_id: call.id, content: WEATHER.result });
    const answered = await client.chat.completions.create({ model: models.good, messages, tools });
    return { tool: call.function.name, arguments: JSON.parse(call.function.arguments), ...told(answered) };
  },

  async streamedTools(content) {
    const calls = [];
    const runner = client.chat.completions.runTools({
      model: models.groq,
      messages: user(content),
      stream: true,
      tools: [
        {
          type: 'function',
          function: {
            name: WEATHER.name,
            description: WEATHER.description,
            parameters: WEATHER.schema,
            parse: JSON.parse,
            function: (given) => {
              calls.push(given);
              return WEATHER.result;
            },
          },
        },
      ],
    });
    return { text: await runner.finalContent(), tool: WEATHER.name, arguments: calls[0], calls: calls.length };
  },

  async json(content) {
    const completion = await client.chat.completions.parse({
      model: models.good,
      messages: user(content),
      response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema: PERSON } },
    });
    return { object: JSON.parse(completion.choices[0].message.content), finish: completion.choices[0].finish_reason };
  },

  async image(content) {
    return told(
      await create(models.good, [
        { type: 'text', text: content },
        { type: 'image_url', image_url: { url: PIXEL } },
      ]),
    );
  },

  mistaken: (content) => failure(() => create(models.mistaken, content), describe),

  stranger: (content) =>
    failure(() => stranger.chat.completions.create({ model: models.good, messages: user(content) }), describe),

  unknownModel: (content) => failure(() => create(models.unknown, content), describe),

  limited: (content) => failure(() => create(models.limited, content, {}, once), describe),

  broken: (content) => failure(() => create(models.broken, content, {}, once), describe),

  async brokenStream(content) {
    let text = '';
    const read = async () => {
      for await (const chunk of await create(models.impatient, content, { stream: true })) {
        text += chunk.choices[0]?.delta.content ?? '';
      }
    };
    return { ...(await failure(read, describe)), text };
  },

  async leaveStream(content) {
    const stream = await create(models.stalling, content, { stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) {
        break;
      }
    }
    return { aborted: stream.controller.signal.aborted };
  },

  async leave(content) {
    const controller = new AbortController();
    const left = failure(
      () =>
        client.chat.completions.create(
          { model: models.silent, messages: user(content) },
          { signal: controller.signal },
        ),
      describe,
    );
    await signal();
    controller.abort();
    return left;
  },

  async afterwards(content) {
    return told(await create(models.good, content));
  },
});
