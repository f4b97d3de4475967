"""LlamaIndex: OpenAI and OpenAI-like models by chat completions, Responses, and embeddings."""

import asyncio

from llama_index.core.llms import ChatMessage, ImageBlock, TextBlock
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.openai import OpenAIResponses
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel

from stage import ANSWER, MODEL, PIXEL, REASONING, TOOL_ANSWER, WEATHER, Exercises, cancelled, same

PACKAGE = "llama-index-llms-openai"


class Person(BaseModel):
    """A person."""

    name: str
    age: int


def weather(city: str) -> str:
    """Tells the weather."""
    return WEATHER[city]


def said(message):
    return [ChatMessage(role="user", content=message)]


class Chat(Exercises):
    """Chat completions."""

    def model(self, name=MODEL, key=None, timeout=None):
        return OpenAILike(
            model=name,
            api_base=self.stage.base_url,
            api_key=key or self.stage.key,
            timeout=timeout or 600,
            max_retries=0,
            is_chat_model=True,
            is_function_calling_model=True,
            should_use_structured_outputs=True,
        )

    async def ask(self, prompt, model=MODEL, key=None, timeout=None):
        answer = await self.model(model, key, timeout).achat(said(prompt))
        usage = answer.raw.usage
        return answer.message.content, usage.prompt_tokens, usage.completion_tokens

    async def pieces(self, prompt, model=MODEL):
        async for piece in await self.model(model).astream_chat(said(prompt)):
            if piece.delta:
                yield piece.delta

    async def leave_stream(self):
        """It doesn't close a stream that nobody reads any more; but whoever reads can be cancelled."""
        prompt = self.stage.prompt("stalls")
        begun = asyncio.Event()

        async def read():
            async for _ in self.pieces(prompt):
                begun.set()

        await cancelled(read, begun.wait())
        await self.stage.seen("left", prompt)

    async def tools(self):
        model, history = self.model(), said(self.stage.prompt("tools"))
        tool = FunctionTool.from_defaults(weather)
        for _ in range(2):
            answer = await model.achat_with_tools([tool], chat_history=history)
            (call,) = model.get_tool_calls_from_response(answer)
            result = weather(**call.tool_kwargs)
            history += [
                answer.message,
                ChatMessage(role="tool", content=result, additional_kwargs={"tool_call_id": call.tool_id}),
            ]
        same(TOOL_ANSWER, (await model.achat_with_tools([tool], chat_history=history)).message.content)

    async def json(self):
        structured = self.model().as_structured_llm(Person)
        same(Person(name="Ada", age=36), (await structured.achat(said(self.stage.prompt("schema")))).raw)

    async def image(self):
        blocks = [
            TextBlock(text=self.stage.prompt("image")),
            ImageBlock(image=PIXEL.encode(), image_mimetype="image/png"),
        ]
        answer = await self.model().achat([ChatMessage(role="user", blocks=blocks)])
        same("One pixel.", answer.message.content)

    async def reasoning(self):
        answer = await self.model().achat(said(self.stage.prompt("reasoning")))
        thoughts = [block.content for block in answer.message.blocks if block.block_type == "thinking"]
        same(([REASONING], ANSWER), (thoughts, answer.message.content))


class Responses(Chat):
    """Responses."""

    def model(self, name=MODEL, key=None, timeout=None):
        return OpenAIResponses(
            model=name,
            api_base=self.stage.base_url,
            api_key=key or self.stage.key,
            timeout=timeout or 600,
            max_retries=0,
            context_window=100_000,
        )

    async def ask(self, prompt, model=MODEL, key=None, timeout=None):
        answer = await self.model(model, key, timeout).achat(said(prompt))
        usage = answer.raw.usage
        return answer.message.content, usage.input_tokens, usage.output_tokens


async def embeddings(stage):
    client = OpenAIEmbedding(api_base=stage.base_url, api_key=stage.key, max_retries=0)
    vectors = await client.aget_text_embedding_batch(["hello", "you"])
    same([[5.0, 0.5, -1.25], [3.0, 0.5, -1.25]], vectors)


async def exercises(stage):
    return {
        **Chat(stage, "chat").all(),
        **Responses(stage, "responses").all(),
        "embeddings whole-texts": lambda: embeddings(stage),
    }
