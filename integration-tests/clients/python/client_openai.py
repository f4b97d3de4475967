"""OpenAI's own client: chat completions, Responses and embeddings."""

import asyncio
import json
import time

import openai
from pydantic import BaseModel

from stage import (
    ANSWER,
    MODEL,
    PIXEL,
    REASONING,
    REFUSAL,
    TOKENS_CACHED,
    TOKENS_IN,
    TOKENS_OUT,
    TOOL_ANSWER,
    WEATHER,
    Exercises,
    holds,
    same,
)

PACKAGE = "openai"

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
CHAT_TOOL = {"type": "function", "function": {"name": "weather", "parameters": SCHEMA, "strict": True}}
TOOL = {"type": "function", "name": "weather", "parameters": SCHEMA, "strict": True}


class Person(BaseModel):
    name: str
    age: int


class Chat(Exercises):
    """Chat completions."""

    def __init__(self, stage, protocol):
        super().__init__(stage, protocol)
        self.client = openai.AsyncOpenAI(base_url=stage.base_url, api_key=stage.key)

    def once(self, key=None, timeout=openai.NOT_GIVEN):
        """The client without its retries."""
        return self.client.with_options(max_retries=0, api_key=key, timeout=timeout or openai.NOT_GIVEN)

    def create(self, client, content, model=MODEL, **more):
        return client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}], **more)

    async def ask(self, prompt, model=MODEL, key=None, timeout=None):
        answer = await self.create(self.once(key, timeout), prompt, model)
        same("stop", answer.choices[0].finish_reason)
        same(TOKENS_CACHED, answer.usage.prompt_tokens_details.cached_tokens)
        holds(answer._request_id, "an answer without x-request-id")
        return answer.choices[0].message.content, answer.usage.prompt_tokens, answer.usage.completion_tokens

    async def pieces(self, prompt, model=MODEL):
        async with await self.create(self.once(), prompt, model, stream=True) as chunks:
            async for chunk in chunks:
                if chunk.choices and chunk.choices[0].delta.content:
                    yield chunk.choices[0].delta.content

    async def length(self):
        answer = await self.create(self.client, self.stage.prompt("length"))
        same(("Hello,", "length"), (answer.choices[0].message.content, answer.choices[0].finish_reason))

    async def stream(self):
        async with self.client.chat.completions.stream(
            model=MODEL,
            messages=[{"role": "user", "content": self.stage.prompt("whole")}],
            stream_options={"include_usage": True},
        ) as events:
            pieces = [event.delta async for event in events if event.type == "content.delta"]
            whole = await events.get_final_completion()
        same(ANSWER, "".join(pieces))
        same((TOKENS_IN, TOKENS_OUT), (whole.usage.prompt_tokens, whole.usage.completion_tokens))

    async def tools(self):
        messages = [{"role": "user", "content": self.stage.prompt("tools")}]
        for _ in range(2):
            asked = await self.client.chat.completions.create(model=MODEL, messages=messages, tools=[CHAT_TOOL])
            self._add(messages, asked.choices[0].message)
        answer = await self.client.chat.completions.create(model=MODEL, messages=messages, tools=[CHAT_TOOL])
        same(TOOL_ANSWER, answer.choices[0].message.content)

    async def streamed_tools(self):
        messages = [{"role": "user", "content": self.stage.prompt("tools")}]
        for _ in range(2):
            async with self.client.chat.completions.stream(model=MODEL, messages=messages, tools=[CHAT_TOOL]) as events:
                async for _ in events:
                    pass
                self._add(messages, (await events.get_final_completion()).choices[0].message)
        answer = await self.client.chat.completions.create(model=MODEL, messages=messages, tools=[CHAT_TOOL])
        same(TOOL_ANSWER, answer.choices[0].message.content)

    @staticmethod
    def _add(messages, message):
        (call,) = message.tool_calls
        city = json.loads(call.function.arguments)["city"]
        messages.append(message.to_dict())
        messages.append({"role": "tool", "tool_call_id": call.id, "content": WEATHER[city]})

    def parse(self, script):
        return self.client.chat.completions.parse(
            model=MODEL, messages=[{"role": "user", "content": self.stage.prompt(script)}], response_format=Person
        )

    async def json(self):
        same(Person(name="Ada", age=36), (await self.parse("schema")).choices[0].message.parsed)

    async def refusal(self):
        message = (await self.parse("refusal")).choices[0].message
        same((None, REFUSAL), (message.parsed, message.refusal))

    async def image(self):
        answer = await self.create(
            self.client,
            [
                {"type": "text", "text": self.stage.prompt("image")},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64," + PIXEL}},
            ],
        )
        same("One pixel.", answer.choices[0].message.content)

    async def reasoning(self):
        message = (await self.create(self.client, self.stage.prompt("reasoning"))).choices[0].message
        same((REASONING, ANSWER), (message.reasoning_content, message.content))

    async def bad_request(self):
        error = await super().bad_request()
        same(("temperature", "bad_temperature"), (error.param, error.code))

    async def rate_limited(self):
        error = await super().rate_limited()
        holds(1 <= int(error.response.headers["retry-after"]) <= 60, error.response.headers)


class Responses(Chat):
    """Responses."""

    def create(self, client, content, model=MODEL, **more):
        given = content if isinstance(content, str) else [{"role": "user", "content": content}]
        return client.responses.create(model=model, input=given, **more)

    async def ask(self, prompt, model=MODEL, key=None, timeout=None):
        answer = await self.create(self.once(key, timeout), prompt, model)
        same("completed", answer.status)
        same(TOKENS_CACHED, answer.usage.input_tokens_details.cached_tokens)
        return answer.output_text, answer.usage.input_tokens, answer.usage.output_tokens

    async def pieces(self, prompt, model=MODEL):
        async with await self.create(self.once(), prompt, model, stream=True) as events:
            async for event in events:
                if event.type == "response.output_text.delta":
                    yield event.delta

    async def length(self):
        answer = await self.create(self.client, self.stage.prompt("length"))
        same(
            ("Hello,", "incomplete", "max_output_tokens"),
            (answer.output_text, answer.status, answer.incomplete_details.reason),
        )

    async def stream(self):
        async with self.client.responses.stream(model=MODEL, input=self.stage.prompt("whole")) as events:
            pieces = [event.delta async for event in events if event.type == "response.output_text.delta"]
            whole = await events.get_final_response()
        same((ANSWER, ANSWER), ("".join(pieces), whole.output_text))
        same((TOKENS_IN, TOKENS_OUT), (whole.usage.input_tokens, whole.usage.output_tokens))

    async def tools(self):
        items = [{"role": "user", "content": self.stage.prompt("tools")}]
        for _ in range(2):
            self._add(items, await self.client.responses.create(model=MODEL, input=items, tools=[TOOL]))
        answer = await self.client.responses.create(model=MODEL, input=items, tools=[TOOL])
        same(TOOL_ANSWER, answer.output_text)

    async def streamed_tools(self):
        items = [{"role": "user", "content": self.stage.prompt("tools")}]
        for _ in range(2):
            async with self.client.responses.stream(model=MODEL, input=items, tools=[TOOL]) as events:
                async for _ in events:
                    pass
                self._add(items, await events.get_final_response())
        answer = await self.client.responses.create(model=MODEL, input=items, tools=[TOOL])
        same(TOOL_ANSWER, answer.output_text)

    @staticmethod
    def _add(items, response):
        (call,) = [item for item in response.output if item.type == "function_call"]
        items.extend(item.to_dict(exclude_unset=True) for item in response.output)
        output = WEATHER[json.loads(call.arguments)["city"]]
        items.append({"type": "function_call_output", "call_id": call.call_id, "output": output})

    def parse(self, script):
        return self.client.responses.parse(model=MODEL, input=self.stage.prompt(script), text_format=Person)

    async def json(self):
        same(Person(name="Ada", age=36), (await self.parse("schema")).output_parsed)

    async def refusal(self):
        response = await self.parse("refusal")
        (part,) = response.output[-1].content
        same((None, "refusal", REFUSAL), (response.output_parsed, part.type, part.refusal))

    async def image(self):
        answer = await self.create(
            self.client,
            [
                {"type": "input_text", "text": self.stage.prompt("image")},
                {"type": "input_image", "detail": "auto", "image_url": "data:image/png;base64," + PIXEL},
            ],
        )
        same("One pixel.", answer.output_text)

    async def reasoning(self):
        answer = await self.create(self.client, self.stage.prompt("reasoning"))
        same(["reasoning", "message"], [item.type for item in answer.output])
        same((REASONING, ANSWER), (answer.output[0].summary[0].text, answer.output_text))


class Embeddings:
    """Embeddings, whose encoding is base64 if nobody says otherwise."""

    def __init__(self, stage):
        self.client = openai.AsyncOpenAI(base_url=stage.base_url, api_key=stage.key)

    async def vectors(self, given, **more):
        answer = await self.client.embeddings.create(model=MODEL, input=given, **more)
        same(list(range(len(answer.data))), [each.index for each in answer.data])
        return [each.embedding for each in answer.data]

    async def text(self):
        same([[5.0, 0.5, -1.25]], await self.vectors("hello"))

    async def texts(self):
        same([[5.0, 0.5, -1.25], [3.0, 0.5, -1.25]], await self.vectors(["hello", "you"]))

    async def floats(self):
        same([[4.0, 0.5, -1.25]], await self.vectors(["here"], encoding_format="float"))

    async def tokens(self):
        same([[2.0, 0.5, -1.25], [1.0, 0.5, -1.25]], await self.vectors([[104, 101], [98]]))

    def exercises(self):
        return {
            "embeddings whole": self.text,
            "embeddings whole-texts": self.texts,
            "embeddings whole-floats": self.floats,
            "embeddings whole-tokens": self.tokens,
        }


async def batches(stage):
    """From the upload to the error file."""
    client = openai.AsyncOpenAI(base_url=stage.base_url, api_key=stage.key)
    prompts = {"good": stage.prompt("whole"), "bad": stage.prompt("badRequest")}
    lines = [
        {
            "custom_id": name,
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"model": MODEL, "messages": [{"role": "user", "content": prompt}]},
        }
        for name, prompt in prompts.items()
    ]
    content = "\n".join(json.dumps(line) for line in lines).encode()
    file = await client.files.create(file=("lines.jsonl", content), purpose="batch")
    same((len(content), "lines.jsonl", "batch"), (file.bytes, file.filename, file.purpose))
    batch = await client.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h", metadata={"of": "ada"}
    )
    while batch.status != "completed":
        holds(batch.status in ("validating", "in_progress", "finalizing"), batch)
        await asyncio.sleep(0.1)
        batch = await client.batches.retrieve(batch.id)
    same((2, 1, 1), (batch.request_counts.total, batch.request_counts.completed, batch.request_counts.failed))
    same({"of": "ada"}, batch.metadata)
    (answer,) = (await client.files.content(batch.output_file_id)).text.splitlines()
    same("good", json.loads(answer)["custom_id"])
    same(ANSWER, json.loads(answer)["response"]["body"]["choices"][0]["message"]["content"])
    (failure,) = (await client.files.content(batch.error_file_id)).text.splitlines()
    same(("bad", 400), (json.loads(failure)["custom_id"], json.loads(failure)["response"]["status_code"]))
    holds(batch.id in [each.id async for each in client.batches.list()], "the batch isn't listed")
    listed = [each.id async for each in client.files.list(purpose="batch_output")]
    holds(batch.output_file_id in listed and batch.error_file_id in listed, listed)
    same(True, (await client.files.delete(file.id)).deleted)
    try:
        await client.batches.cancel(batch.id)
    except openai.ConflictError as error:
        holds("Cannot cancel a batch with status 'completed'" in str(error), error)
    else:
        holds(False, "a batch that is completed was cancelled")


async def models(stage):
    client = openai.AsyncOpenAI(base_url=stage.base_url, api_key=stage.key)
    listed = [model async for model in client.models.list()]
    holds(MODEL in [model.id for model in listed], listed)
    holds(all(0 < model.created <= time.time() for model in listed), listed)


async def exercises(stage):
    return {
        **Chat(stage, "chat").all(),
        **Responses(stage, "responses").all(),
        **Embeddings(stage).exercises(),
        "models": lambda: models(stage),
        "batches": lambda: batches(stage),
    }
