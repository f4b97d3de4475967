"""LangChain with Anthropic's client: Messages."""

from langchain.agents import create_agent
from langchain_anthropic import ChatAnthropic

from client_langchain_openai import Person, weather
from stage import ANSWER, MODEL, PIXEL, REASONING, TOOL_ANSWER, Exercises, same

PACKAGE = "langchain-anthropic"


class Messages(Exercises):
    """Messages."""

    bad_request_error = "ModelInvalidRequestError"
    unauthorized_error = "ModelAuthenticationError"
    not_found_error = "ModelNotFoundError"
    rate_limited_error = "ModelRateLimitError"
    bad_gateway_error = "ModelAPIError"
    timeout_error = "ModelTimeoutError"

    def chat(self, model=MODEL, key=None, timeout=None, **more):
        return ChatAnthropic(
            model=model,
            base_url=self.stage.root_url,
            api_key=key or self.stage.key,
            timeout=timeout,
            max_retries=0,
            **({"max_tokens": 1000} | more),
        )

    async def ask(self, prompt, model=MODEL, key=None, timeout=None):
        answer = await self.chat(model, key, timeout).ainvoke(prompt)
        return answer.text, answer.usage_metadata["input_tokens"], answer.usage_metadata["output_tokens"]

    async def pieces(self, prompt, model=MODEL):
        async for chunk in self.chat(model).astream(prompt):
            if chunk.text:
                yield chunk.text

    async def tools(self):
        answer = await create_agent(self.chat(), [weather]).ainvoke(
            {"messages": [("user", self.stage.prompt("tools"))]}
        )
        same(TOOL_ANSWER, answer["messages"][-1].text)

    async def streamed_tools(self):
        pieces = [
            piece.text
            async for piece, told in create_agent(self.chat(streaming=True), [weather]).astream(
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
        same("One pixel.", (await self.chat().ainvoke([{"role": "user", "content": content}])).text)

    async def reasoning(self):
        chat = self.chat(thinking={"type": "enabled", "budget_tokens": 1024}, max_tokens=2000)
        answer = await chat.ainvoke(self.stage.prompt("reasoning"))
        thoughts = [block["reasoning"] for block in answer.content_blocks if block["type"] == "reasoning"]
        same(([REASONING], ANSWER), (thoughts, answer.text))


async def exercises(stage):
    return Messages(stage, "messages").all()
