// Vercel's AI SDK: a provider for each account, in turn.

import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, streamText } from 'ai';

export function start(services) {
  const models = services.accounts.map((account) =>
    createOpenAICompatible({ name: 'emulated', baseURL: account.url, apiKey: account.token })(services.model),
  );
  let turn = 0;
  const settings = (question) => {
    const model = models[turn++ % models.length];
    // configuration
    const shipped = { model, prompt: question.text, maxOutputTokens: services.maxTokens };
    // end
    // configuration best
    const best = { ...shipped, maxRetries: 42, timeout: { chunkMs: services.patience } };
    // end
    return services.best ? best : shipped;
  };

  return {
    async answer(question) {
      return (await generateText(settings(question))).text;
    },

    async stream(question) {
      let text = '';
      for await (const part of streamText({ ...settings(question), onError: () => {} }).fullStream) {
        if (part.type === 'error') {
          throw part.error;
        }
        if (part.type === 'abort') {
          throw new Error('aborted');
        }
        if (part.type === 'text-delta') text += part.text;
      }
      return text;
    },
  };
}
