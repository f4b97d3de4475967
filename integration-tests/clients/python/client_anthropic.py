"""Anthropic's own client: Messages, and its runner of tools, which would keep conversations at the server."""

import anthropic
from anthropic import beta_async_tool
from pydantic import BaseModel

from stage import (
    ANSWER,
    MODEL,
    PIXEL,
    REASONING,
    TOKENS_CACHED,
    TOOL_ANSWER,
    WEATHER,
    Exercises,
    holds,
    same,
)

PACKAGE = "anthropic"

TOOL = {
    "name": "weather",
    "description": "Tells the weather.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


class Person(BaseModel):
    name: str
    age: int


@beta_async_tool
async def weather(city: str) -> str:
    """Tells the weather.

    Args:
        city: where
    """
    return WEATHER[city]


class Messages(Exercises):
    """Messages."""

    bad_gateway_error = "InternalServerError"

    def __init__(self, stage, protocol):
        super().__init__(stage, protocol)
        self.client = anthropic.AsyncAnthropic(base_url=stage.root_url, api_key=stage.key)

    def once(self, key=None, timeout=None):
        """The client without its retries."""
        return self.client.with_options(
            max_retries=0, api_key=key, timeout=anthropic.NOT_GIVEN if timeout is None else timeout
        )

    def create(self, content, client=None, model=MODEL, **more):
        return (client or self.client).messages.create(
            model=model, max_tokens=1000, messages=[{"role": "user", "content": content}], **more
        )

    async def ask(self, prompt, model=MODEL, key=None, timeout=None):
        answer = await self.create(prompt, self.once(key, timeout), model)
        same("end_turn", answer.stop_reason)
        cached = answer.usage.cache_read_input_tokens
        same(TOKENS_CACHED, cached)
        (block,) = answer.content
        return block.text, answer.usage.input_tokens + cached, answer.usage.output_tokens

    async def pieces(self, prompt, model=MODEL):
        async with self.once().messages.stream(
            model=model, max_tokens=1000, messages=[{"role": "user", "content": prompt}]
        ) as events:
            async for piece in events.text_stream:
                yield piece

    async def length(self):
        answer = await self.create(self.stage.prompt("length"))
        same(("Hello,", "max_tokens"), (answer.content[0].text, answer.stop_reason))

    async def tools(self):
        await self._tools(
            lambda messages: self.client.messages.create(model=MODEL, max_tokens=1000, messages=messages, tools=[TOOL])
        )

    async def streamed_tools(self):
        async def streamed(messages):
            async with self.client.messages.stream(
                model=MODEL, max_tokens=1000, messages=messages, tools=[TOOL]
            ) as events:
                return await events.get_final_message()

        await self._tools(streamed)

    async def _tools(self, ask):
        messages = [{"role": "user", "content": self.stage.prompt("tools")}]
        for _ in range(2):
            asked = await ask(messages)
            same("tool_use", asked.stop_reason)
            (call,) = asked.content
            messages.append({"role": "assistant", "content": asked.content})
            result = {"type": "tool_result", "tool_use_id": call.id, "content": WEATHER[call.input["city"]]}
            messages.append({"role": "user", "content": [result]})
        same(TOOL_ANSWER, (await ask(messages)).content[0].text)

    async def json(self):
        answer = await self.client.messages.parse(
            model=MODEL,
            max_tokens=1000,
            messages=[{"role": "user", "content": self.stage.prompt("schema")}],
            output_format=Person,
        )
        same(Person(name="Ada", age=36), answer.parsed_output)

    async def image(self):
        source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
        answer = await self.create(
            [{"type": "text", "text": self.stage.prompt("image")}, {"type": "image", "source": source}]
        )
        same("One pixel.", answer.content[0].text)

    async def reasoning(self):
        answer = await self.create(self.stage.prompt("reasoning"), thinking={"type": "enabled", "budget_tokens": 1024})
        same(["thinking", "text"], [block.type for block in answer.content])
        same((REASONING, ANSWER), (answer.content[0].thinking, answer.content[1].text))

    async def streamed_reasoning(self):
        async with self.client.messages.stream(
            model=MODEL,
            max_tokens=2000,
            messages=[{"role": "user", "content": self.stage.prompt("reasoning")}],
            thinking={"type": "enabled", "budget_tokens": 1024},
        ) as events:
            answer = await events.get_final_message()
        same((REASONING, ANSWER), (answer.content[0].thinking, answer.content[1].text))

    async def refusal(self):
        answer = await self.create(self.stage.prompt("refusal"))
        same("refusal", answer.stop_reason)

    async def rate_limited(self):
        error = await super().rate_limited()
        same("rate_limit_error", error.body["error"]["type"])
        holds(1 <= int(error.response.headers["retry-after"]) <= 60, error.response.headers)

    async def threads(self):
        """Keeps its conversation here, since the gateway keeps none."""
        prompt = self.stage.prompt("tools")
        runner = self.client.beta.messages.tool_runner(
            model=MODEL, max_tokens=1000, messages=[{"role": "user", "content": prompt}], tools=[weather]
        )
        answer = await runner.until_done()
        same(TOOL_ANSWER, answer.content[0].text)
        same([1, 3, 5], [len(body["messages"]) for body in await self.stage.received(prompt)])

    async def count(self):
        counted = await self.client.messages.count_tokens(
            model=MODEL, messages=[{"role": "user", "content": self.stage.prompt("whole")}]
        )
        holds(counted.input_tokens > 0, counted)


async def bearer(stage):
    """The other way to send a key."""
    client = anthropic.AsyncAnthropic(base_url=stage.root_url, auth_token=stage.key)
    answer = await client.messages.create(
        model=MODEL, max_tokens=1000, messages=[{"role": "user", "content": stage.prompt("whole")}]
    )
    same(ANSWER, answer.content[0].text)


async def exercises(stage):
    messages = Messages(stage, "messages")
    return {
        **messages.all(),
        "messages count": messages.count,
        "messages bearer": lambda: bearer(stage),
    }
