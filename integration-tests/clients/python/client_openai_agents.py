"""OpenAI's Agents SDK: Responses, which is its default, and chat completions."""

from agents import (
    Agent,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from openai import AsyncOpenAI
from openai.types.shared import Reasoning
from pydantic import BaseModel

from stage import ANSWER, MODEL, PIXEL, REASONING, REFUSAL, TOOL_ANSWER, WEATHER, Exercises, holds, raised, same

PACKAGE = "openai-agents"

set_tracing_disabled(True)


class Person(BaseModel):
    name: str
    age: int


@function_tool
def weather(city: str) -> str:
    """Tells the weather."""
    return WEATHER[city]


class Responses(Exercises):
    """Responses."""

    model_type = OpenAIResponsesModel

    def agent(self, model=MODEL, key=None, timeout=None, **more):
        client = AsyncOpenAI(
            base_url=self.stage.base_url, api_key=key or self.stage.key, max_retries=0, timeout=timeout or 600
        )
        return Agent(name="greeter", model=self.model_type(model, client), **more)

    async def ask(self, prompt, model=MODEL, key=None, timeout=None):
        answer = await Runner.run(self.agent(model, key, timeout), prompt)
        usage = answer.context_wrapper.usage
        return answer.final_output, usage.input_tokens, usage.output_tokens

    async def pieces(self, prompt, model=MODEL):
        run = Runner.run_streamed(self.agent(model), prompt)
        try:
            async for event in run.stream_events():
                if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                    yield event.data.delta
        finally:
            run.cancel()

    async def tools(self):
        answer = await Runner.run(self.agent(tools=[weather]), self.stage.prompt("tools"))
        same(TOOL_ANSWER, answer.final_output)

    async def streamed_tools(self):
        run = Runner.run_streamed(self.agent(tools=[weather]), self.stage.prompt("tools"))
        async for _ in run.stream_events():
            pass
        same(TOOL_ANSWER, run.final_output)

    async def json(self):
        answer = await Runner.run(self.agent(output_type=Person), self.stage.prompt("schema"))
        same(Person(name="Ada", age=36), answer.final_output)

    async def image(self):
        content = [
            {"type": "input_text", "text": self.stage.prompt("image")},
            {"type": "input_image", "detail": "auto", "image_url": "data:image/png;base64," + PIXEL},
        ]
        answer = await Runner.run(self.agent(), [{"role": "user", "content": content}])
        same("One pixel.", answer.final_output)

    async def refusal(self):
        error = await raised(
            lambda: Runner.run(self.agent(output_type=Person), self.stage.prompt("refusal")), "ModelRefusalError"
        )
        holds(REFUSAL in str(error), error)

    async def reasoning(self):
        agent = self.agent(model_settings=ModelSettings(reasoning=Reasoning(effort="low", summary="auto")))
        answer = await Runner.run(agent, self.stage.prompt("reasoning"))
        thoughts = [item.raw_item.summary[0].text for item in answer.new_items if item.type == "reasoning_item"]
        same(([REASONING], ANSWER), (thoughts, answer.final_output))


class Chat(Responses):
    """Chat completions."""

    model_type = OpenAIChatCompletionsModel


async def exercises(stage):
    return {**Responses(stage, "responses").all(), **Chat(stage, "chat").all()}
