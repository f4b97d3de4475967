"""Asks many prompts at once, as a bulk tool does, and prints how many were answered, and why others weren't."""

import asyncio
import json
import sys

MODEL = "openai/gpt-oss-20b"


def openai(base_url, key, timeout):
    """The library alone: two retries, of what is refused or not answered in time."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=base_url, api_key=key, timeout=timeout)

    async def ask(prompt):
        answer = await client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": prompt}])
        return answer.choices[0].message.content

    return ask


def llama_index(base_url, key, timeout):
    """It retries by itself, not by means of the library: what Retry-After says, or else for a time of its own."""
    from llama_index.core.llms import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    model = OpenAILike(model=MODEL, api_base=base_url, api_key=key, timeout=timeout, is_chat_model=True)

    async def ask(prompt):
        return (await model.achat([ChatMessage(role="user", content=prompt)])).message.content

    return ask


async def main(tool, prompts, timeout, base_url, key):
    ask = {"openai": openai, "llama-index": llama_index}[tool](base_url, key, float(timeout))

    async def outcome(number):
        try:
            return "" if await ask(f"Prompt {number} of {tool}") else "an empty answer"
        except Exception as e:  # Whatever the tool raises is what its user would see.
            return f"{type(e).__name__}: {e}"

    outcomes = await asyncio.gather(*(outcome(number) for number in range(int(prompts))))
    lost = [outcome for outcome in outcomes if outcome]
    print(json.dumps({"exercise": tool, "answered": len(outcomes) - len(lost), "lost": lost}))


asyncio.run(main(*sys.argv[1:]))
