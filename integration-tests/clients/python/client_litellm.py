"""LiteLLM as a client: chat completions, Responses, which it takes by a model's name, Messages and embeddings."""

import json
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm  # noqa: E402  (reads the environment as it is imported)
from pydantic import BaseModel  # noqa: E402

from stage import (  # noqa: E402
    ANSWER,
    MODEL,
    PIXEL,
    REASONING,
    TOOL_ANSWER,
    WEATHER,
    Exercises,
    same,
)

PACKAGE = "litellm"
litellm.suppress_debug_info = True

TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class Person(BaseModel):
    name: str
    age: int


class Chat(Exercises):
    """Chat completions."""

    prefix = "openai/"
    model = MODEL

    bad_gateway_error = "APIError"
    timeout_error = "Timeout"
    break_error = "APIError"

    def base_url(self):
        return self.stage.base_url

    def completion(self, messages, model=None, key=None, timeout=None, **more):
        return litellm.acompletion(
            model=self.prefix + (model or self.model),
            messages=[{"role": "user", "content": messages}] if isinstance(messages, str) else messages,
            api_base=self.base_url(),
            api_key=key or self.stage.key,
            timeout=timeout,
            max_retries=0,
            num_retries=0,
            **more,
        )

    async def ask(self, prompt, model=None, key=None, timeout=None):
        answer = await self.completion(prompt, model, key, timeout)
        return answer.choices[0].message.content, answer.usage.prompt_tokens, answer.usage.completion_tokens

    async def pieces(self, prompt, model=None):
        stream = await self.completion(prompt, model, stream=True)
        try:
            async for chunk in stream:
                if chunk.choices and chunk.choices[0].delta.content:
                    yield chunk.choices[0].delta.content
        finally:
            await stream.aclose()

    async def tools(self):
        await self._tools(lambda messages: self.completion(messages, tools=[TOOL]))

    async def streamed_tools(self):
        async def streamed(messages):
            chunks = [chunk async for chunk in await self.completion(messages, tools=[TOOL], stream=True)]
            return litellm.stream_chunk_builder(chunks, messages=messages)

        await self._tools(streamed)

    async def _tools(self, ask):
        messages = [{"role": "user", "content": self.stage.prompt("tools")}]
        for _ in range(2):
            message = (await ask(messages)).choices[0].message
            (call,) = message.tool_calls
            messages.append(message.model_dump())
            result = WEATHER[json.loads(call.function.arguments)["city"]]
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
        same(TOOL_ANSWER, (await ask(messages)).choices[0].message.content)

    async def json(self):
        answer = await self.completion(self.stage.prompt("schema"), response_format=Person)
        same(Person(name="Ada", age=36), Person.model_validate_json(answer.choices[0].message.content))

    async def image(self):
        content = [
            {"type": "text", "text": self.stage.prompt("image")},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64," + PIXEL}},
        ]
        answer = await self.completion([{"role": "user", "content": content}])
        same("One pixel.", answer.choices[0].message.content)

    async def reasoning(self):
        message = (await self.completion(self.stage.prompt("reasoning"))).choices[0].message
        same((REASONING, ANSWER), (message.reasoning_content, message.content))


class Responses(Chat):
    """Responses, for the model's name. Of a model that it doesn't know it fakes streams."""

    prefix = "openai/responses/"

    def __init__(self, stage, protocol):
        super().__init__(stage, protocol)
        known = {"litellm_provider": "openai", "mode": "responses", "supports_native_streaming": True}
        litellm.register_model({name: known for name in (MODEL, self.breaking_route)})


class Messages(Chat):
    """Messages."""

    prefix = "anthropic/"

    def base_url(self):
        return self.stage.root_url

    async def reasoning(self):
        thinking = {"type": "enabled", "budget_tokens": 1024}
        answer = await self.completion(
            self.stage.prompt("reasoning"),
            thinking=thinking,
            max_tokens=2000,
            allowed_openai_params=["thinking"],
        )
        message = answer.choices[0].message
        same((REASONING, ANSWER), (message.reasoning_content, message.content))


async def embeddings(stage):
    answer = await litellm.aembedding(
        model="openai/" + MODEL, input=["hello", "you"], api_base=stage.base_url, api_key=stage.key
    )
    same([[5.0, 0.5, -1.25], [3.0, 0.5, -1.25]], [each["embedding"] for each in answer.data])


async def exercises(stage):
    chat = Chat(stage, "chat")
    return {
        **chat.all(),
        **Responses(stage, "responses").all(),
        **Messages(stage, "messages").all(),
        "embeddings whole-texts": lambda: embeddings(stage),
    }
