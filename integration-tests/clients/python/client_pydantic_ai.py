"""Pydantic AI: Responses, which is its default, chat completions, Messages and embeddings."""

import base64

from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent, BinaryContent, Embedder, ThinkingPart
from pydantic_ai.embeddings.openai import OpenAIEmbeddingModel
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

from stage import ANSWER, MODEL, PIXEL, REASONING, REFUSAL, TOOL_ANSWER, WEATHER, Exercises, holds, raised, same

PACKAGE = "pydantic-ai-slim"


class Person(BaseModel):
    name: str
    age: int


def weather(city: str) -> str:
    """Tells the weather."""
    return WEATHER[city]


class Chat(Exercises):
    """Chat completions."""

    model_type = OpenAIChatModel
    thinking = None

    bad_request_error = "ModelRequestRejectedError"
    unauthorized_error = "ModelAuthenticationError"
    not_found_error = "ModelNotFoundError"
    rate_limited_error = "ModelRateLimitError"
    bad_gateway_error = "ModelServerError"
    timeout_error = "ModelTimeoutError"
    break_error = "ModelAPIError"

    def provider(self, key):
        client = AsyncOpenAI(base_url=self.stage.base_url, api_key=key or self.stage.key, max_retries=0)
        return OpenAIProvider(openai_client=client)

    def agent(self, model=MODEL, key=None, **more):
        return Agent(self.model_type(model, provider=self.provider(key)), **more)

    async def ask(self, prompt, model=MODEL, key=None, timeout=None):
        settings = {"timeout": timeout} if timeout else None
        answer = await self.agent(model, key).run(prompt, model_settings=settings)
        usage = answer.usage
        return answer.output, usage.input_tokens, usage.output_tokens

    async def pieces(self, prompt, model=MODEL):
        async with self.agent(model).run_stream(prompt) as answer:
            async for piece in answer.stream_text(delta=True, debounce_by=None):
                yield piece

    async def tools(self):
        answer = await self.agent(tools=[weather]).run(self.stage.prompt("tools"))
        same(TOOL_ANSWER, answer.output)

    async def streamed_tools(self):
        async with self.agent(tools=[weather]).run_stream(self.stage.prompt("tools")) as answer:
            same(TOOL_ANSWER, await answer.get_output())

    async def json(self):
        answer = await self.agent(output_type=Person).run(self.stage.prompt("schema"))
        same(Person(name="Ada", age=36), answer.output)

    async def streamed_json(self):
        async with self.agent(output_type=Person).run_stream(self.stage.prompt("schema")) as answer:
            same(Person(name="Ada", age=36), await answer.get_output())

    async def image(self):
        image = BinaryContent(base64.b64decode(PIXEL), media_type="image/png")
        answer = await self.agent().run([self.stage.prompt("image"), image])
        same("One pixel.", answer.output)

    async def reasoning(self):
        answer = await self.agent().run(self.stage.prompt("reasoning"), model_settings=self.thinking)
        thoughts = [part.content for part in answer.response.parts if isinstance(part, ThinkingPart)]
        same(([REASONING], ANSWER), (thoughts, answer.output))

    async def refusal(self):
        error = await raised(lambda: self.agent().run(self.stage.prompt("refusal")), "ContentFilterError")
        holds(REFUSAL in str(error), error)


class Responses(Chat):
    """Responses."""

    model_type = OpenAIResponsesModel


class Messages(Chat):
    """Messages."""

    model_type = AnthropicModel
    thinking = {"anthropic_thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 2000}
    refusal = None

    def provider(self, key):
        client = AsyncAnthropic(base_url=self.stage.root_url, api_key=key or self.stage.key, max_retries=0)
        return AnthropicProvider(anthropic_client=client)


async def embeddings(stage):
    provider = OpenAIProvider(base_url=stage.base_url, api_key=stage.key)
    answer = await Embedder(OpenAIEmbeddingModel(MODEL, provider=provider)).embed_documents(["hello", "you"])
    same([[5.0, 0.5, -1.25], [3.0, 0.5, -1.25]], [list(vector) for vector in answer.embeddings])


async def exercises(stage):
    return {
        **Responses(stage, "responses").all(),
        **Chat(stage, "chat").all(),
        **Messages(stage, "messages").all(),
        "embeddings whole-texts": lambda: embeddings(stage),
    }
