"""LangChain with OpenAI's client: chat completions, Responses, which it takes by a model's name, and embeddings."""

import json

import tiktoken
from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

from stage import ANSWER, MODEL, PIXEL, REASONING, REFUSAL, TOOL_ANSWER, WEATHER, Exercises, holds, raised, same

PACKAGE = "langchain-openai"

# Its name alone has LangChain use Responses.
CODEX = "gpt-5.2-codex"


class Person(BaseModel):
    """A person."""

    name: str
    age: int


@tool
def weather(city: str) -> str:
    """Tells the weather."""
    return WEATHER[city]


class Chat(Exercises):
    """Chat completions."""

    model = MODEL
    settings = {}

    bad_request_error = "ModelInvalidRequestError"
    unauthorized_error = "ModelAuthenticationError"
    not_found_error = "ModelNotFoundError"
    rate_limited_error = "ModelRateLimitError"
    bad_gateway_error = "ModelAPIError"
    timeout_error = "ModelTimeoutError"

    def chat(self, model=None, key=None, timeout=None, **more):
        return ChatOpenAI(
            model=model or self.model,
            base_url=self.stage.base_url,
            api_key=key or self.stage.key,
            timeout=timeout,
            max_retries=0,
            **self.settings,
            **more,
        )

    async def ask(self, prompt, model=None, key=None, timeout=None):
        answer = await self.chat(model, key, timeout).ainvoke(prompt)
        return answer.text, answer.usage_metadata["input_tokens"], answer.usage_metadata["output_tokens"]

    async def pieces(self, prompt, model=None):
        async for chunk in self.chat(model).astream(prompt):
            if chunk.text:
                yield chunk.text

    async def tools(self):
        agent = create_agent(self.chat(), [weather])
        answer = await agent.ainvoke({"messages": [("user", self.stage.prompt("tools"))]})
        same(TOOL_ANSWER, answer["messages"][-1].text)

    async def streamed_tools(self):
        agent = create_agent(self.chat(streaming=True), [weather])
        pieces = [
            piece.text
            async for piece, told in agent.astream(
                {"messages": [("user", self.stage.prompt("tools"))]}, stream_mode="messages"
            )
            if told["langgraph_node"] == "model"
        ]
        same(TOOL_ANSWER, "".join(pieces))

    async def json(self):
        for method in ("json_schema", "function_calling"):
            structured = self.chat().with_structured_output(Person, method=method)
            same(Person(name="Ada", age=36), await structured.ainvoke(self.stage.prompt("schema")))

    async def image(self):
        content = [
            {"type": "text", "text": self.stage.prompt("image")},
            {"type": "image", "base64": PIXEL, "mime_type": "image/png"},
        ]
        answer = await self.chat().ainvoke([{"role": "user", "content": content}])
        same("One pixel.", answer.text)

    async def refusal(self):
        structured = self.chat().with_structured_output(Person, method="json_schema")
        error = await raised(lambda: structured.ainvoke(self.stage.prompt("refusal")), "ModelRefusalError")
        holds(REFUSAL in str(error), error)

    async def reasoning(self):
        answer = await self.chat().ainvoke(self.stage.prompt("reasoning"))
        same(ANSWER, answer.text)
        holds(REASONING not in json.dumps(answer.model_dump(), default=str), "the client shows it now")
        return "the client drops it"


class Responses(Chat):
    """Responses, for the model's name."""

    model = CODEX

    async def reasoning(self):
        answer = await self.chat().ainvoke(self.stage.prompt("reasoning"))
        thoughts = [block["reasoning"] for block in answer.content_blocks if block["type"] == "reasoning"]
        same(([REASONING], ANSWER), (thoughts, answer.text))

    async def streamed_reasoning(self):
        whole = None
        async for chunk in self.chat().astream(self.stage.prompt("reasoning")):
            whole = chunk if whole is None else whole + chunk
        thoughts = [block.get("reasoning", "") for block in whole.content_blocks if block["type"] == "reasoning"]
        same((REASONING, ANSWER), ("".join(thoughts), whole.text))


class ResponsesByChoice(Responses):
    """The errors are of routes whose names it doesn't know."""

    settings = {"use_responses_api": True}


async def embeddings(stage):
    """It sends token ids, in base64. The vocabulary would come from elsewhere: here, each byte is a token."""
    each_byte = {bytes([byte]): byte for byte in range(256)}
    vocabulary = tiktoken.Encoding("bytes", pat_str=".", mergeable_ranks=each_byte, special_tokens={})
    tiktoken.encoding_for_model = lambda model: vocabulary
    client = OpenAIEmbeddings(model="text-embedding-3-small", base_url=stage.base_url, api_key=stage.key)
    same([[5.0, 0.5, -1.25], [3.0, 0.5, -1.25]], await client.aembed_documents(["hello", "you"]))


async def exercises(stage):
    responses = Responses(stage, "responses").all()
    chosen = ResponsesByChoice(stage, "responses").all()
    own = ("leaving-line", "break", "errors-404", "errors-429", "errors-502")
    return {
        **Chat(stage, "chat").all(),
        **{case: chosen[case] if case.endswith(own) else each for case, each in responses.items()},
        "embeddings whole-tokens": lambda: embeddings(stage),
    }
