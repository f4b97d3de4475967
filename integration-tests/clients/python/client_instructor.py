"""Instructor: structured output by tools, by JSON schema, and by Responses' tools."""

import logging

import instructor
from openai import AsyncOpenAI
from pydantic import BaseModel

from stage import MODEL, TOKENS_IN, TOKENS_OUT, Exercises, same

PACKAGE = "instructor"

# It logs each error that it raises.
logging.getLogger("instructor").setLevel(logging.CRITICAL)


class Person(BaseModel):
    name: str
    age: int


ADA = {"name": "Ada", "age": 36}


class Chat(Exercises):
    """Chat completions. All that it asks for has a schema."""

    modes = (instructor.Mode.TOOLS, instructor.Mode.JSON_SCHEMA, instructor.Mode.JSON)

    bad_request_error = rate_limited_error = bad_gateway_error = "InstructorRetryException"
    unauthorized_error = not_found_error = timeout_error = "InstructorRetryException"
    leave_stream = broken = None

    def client(self, mode=None, key=None, timeout=None):
        client = AsyncOpenAI(
            base_url=self.stage.base_url, api_key=key or self.stage.key, max_retries=0, timeout=timeout or 600
        )
        return instructor.from_openai(client, mode=mode or self.modes[0])

    def person(self, script, model=MODEL, mode=None, **more):
        return self.client(mode).create_with_completion(
            model=model,
            response_model=Person,
            messages=[{"role": "user", "content": self.stage.prompt(script)}],
            max_retries=0,
            **more,
        )

    async def ask(self, prompt, model=MODEL, key=None, timeout=None):
        person, answer = await self.client(key=key, timeout=timeout).create_with_completion(
            model=model, response_model=Person, messages=[{"role": "user", "content": prompt}], max_retries=0
        )
        same(ADA, person.model_dump())
        return answer.usage

    async def whole(self):
        usage = await self.ask(self.stage.prompt("schema"))
        same((TOKENS_IN, TOKENS_OUT), (usage.prompt_tokens, usage.completion_tokens))

    async def stream(self):
        people = [
            person
            async for person in self.client().create_partial(
                model=MODEL,
                response_model=Person,
                messages=[{"role": "user", "content": self.stage.prompt("schema")}],
                max_retries=0,
            )
        ]
        same(ADA, people[-1].model_dump())

    async def json(self):
        for mode in self.modes:
            person, _ = await self.person("schema", mode=mode)
            same(ADA, person.model_dump())


class Responses(Chat):
    """Responses."""

    modes = (instructor.Mode.RESPONSES_TOOLS,)

    async def whole(self):
        usage = await self.ask(self.stage.prompt("schema"))
        same((TOKENS_IN, TOKENS_OUT), (usage.input_tokens, usage.output_tokens))


async def exercises(stage):
    return {**Chat(stage, "chat").all(), **Responses(stage, "responses").all()}
