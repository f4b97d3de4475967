"""What the exercises of all clients share: the gateway, the service behind it, and how a client's results are told."""

import asyncio
import inspect
import itertools
import json
import os
import sys
import traceback
import urllib.request
from importlib.metadata import version

ANSWER = "Hello, Ada."
TOOL_ANSWER = "The tool said: 21 degrees, 25 degrees"
WEATHER = {"Bern": "21 degrees", "Basel": "25 degrees"}
REASONING = "They want a greeting."
REFUSAL = "I can't help with that."
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TOKENS_IN, TOKENS_OUT, TOKENS_CACHED = 11, 7, 4
MODEL = "played"

# A client's own timeout, against a service that never answers.
TIMEOUT_SECONDS = 0.2
# Only keeps an exercise that would never end from never ending.
PATIENCE_SECONDS = 30


class Stage:
    """The gateway, and what the service behind it has seen."""

    def __init__(self, base_url, key, seen):
        self.base_url, self.key, self._seen = base_url, key, seen
        self.root_url = base_url.removesuffix("/v1")
        self._numbers = itertools.count()
        self._marks = itertools.count()

    def _mark(self, script):
        """A text of its own, by which the service finds the answer to play."""
        return f"{os.getpid()}-{next(self._marks)}.{script}"

    def prompt(self, script):
        return f"Greet Ada. [{self._mark(script)}]"

    def own(self, *routes):
        """Routes of one's own, where what happens to an account does no harm to others."""
        number = next(self._numbers)
        return [f"{route}-{number}" for route in routes]

    def _ask(self, what, text):
        with urllib.request.urlopen(f"{self._seen}/{what}/{text}", timeout=PATIENCE_SECONDS) as response:
            return json.load(response)

    async def seen(self, what, prompt):
        """Waits until a request with the prompt has arrived at the service, or its caller has left."""
        return await asyncio.to_thread(self._ask, what, prompt.rpartition("[")[2].rstrip("]"))

    async def waiting(self, count):
        """Waits until so many prompts wait in the gateway's line."""
        await asyncio.to_thread(self._ask, "waiting", str(count))

    async def received(self, prompt):
        """The bodies of the service's requests with this prompt."""
        return await self.seen("received", prompt)


def same(expected, actual):
    if expected != actual:
        raise AssertionError(f"{actual!r} instead of {expected!r}")


def holds(condition, told):
    if not condition:
        raise AssertionError(told)


async def _done(result):
    return await result if inspect.isawaitable(result) else result


async def raised(action, *types):
    """The error that comes of it, which is of one of these types, given as types or by their names."""
    try:
        result = await _done(action())
    except BaseException as error:
        if any(kind in types or kind.__name__ in types for kind in type(error).__mro__):
            return error
        raise
    raise AssertionError(f"{result!r} instead of an error")


async def cancelled(action, wait):
    """Cancels what runs, once the wait is over."""
    task = asyncio.ensure_future(action())
    await wait
    task.cancel()
    await raised(lambda: task, asyncio.CancelledError)


async def run(exercises, name, package):
    """Does the exercises of one client, and prints a line for each, and one for the version of its package."""
    exercises = {"version": lambda: version(package), **exercises}
    for case, exercise in exercises.items():
        line = {"exercise": f"{name} {case}", "client": name, "case": case}
        try:
            line["result"] = await asyncio.wait_for(_done(exercise()), PATIENCE_SECONDS) or "works"
        except BaseException as error:
            traceback.print_exception(error, file=sys.stderr)
            line["failed"] = f"{type(error).__module__}.{type(error).__name__}: {error}"
        print(json.dumps(line), flush=True)


class Exercises:
    """
    What a client does by one protocol. Subclasses say how it asks and reads a stream, and what its errors are called,
    and add what is their own.
    """

    # The names of errors; None: the client has no such thing.
    bad_request_error = "BadRequestError"
    unauthorized_error = "AuthenticationError"
    not_found_error = "NotFoundError"
    rate_limited_error = "RateLimitError"
    bad_gateway_error = "InternalServerError"
    timeout_error = "APITimeoutError"
    break_error = "APIError"

    def __init__(self, stage, protocol):
        self.stage, self.protocol = stage, protocol
        self.limited_route, self.line_route, self.failing_route, self.breaking_route = stage.own(
            "limited", "line", "failing", "breaks"
        )

    async def ask(self, prompt, model=MODEL, key=None, timeout=None):
        """Asks once, without retries. Returns the answer's text, and the tokens of prompt and completion."""
        raise NotImplementedError

    def pieces(self, prompt, model=MODEL):
        """Reads a stream's pieces of text."""
        raise NotImplementedError

    async def whole(self):
        same((ANSWER, TOKENS_IN, TOKENS_OUT), await self.ask(self.stage.prompt("whole")))

    async def stream(self):
        same(ANSWER, "".join([piece async for piece in self.pieces(self.stage.prompt("whole"))]))

    async def leave_stream(self):
        prompt = self.stage.prompt("stalls")
        pieces = self.pieces(prompt)
        holds((await anext(pieces)).startswith("Hello"), "the first piece")
        await pieces.aclose()
        await self.stage.seen("left", prompt)

    async def leave_whole(self):
        prompt = self.stage.prompt("hangs")
        await cancelled(lambda: self.ask(prompt), self.stage.seen("arrived", prompt))

    async def leave_line(self):
        await cancelled(lambda: self.ask(self.stage.prompt("limited"), model=self.line_route), self.stage.waiting(1))
        await self.stage.waiting(0)

    async def timeout(self):
        await raised(lambda: self.ask(self.stage.prompt("hangs"), timeout=TIMEOUT_SECONDS), self.timeout_error)

    async def broken(self):
        prompt = self.stage.prompt("breaks")
        read = []

        async def reading():
            async for piece in self.pieces(prompt, self.breaking_route):
                read.append(piece)
                # What hasn't been read is lost.
                if "".join(read) == "Hello, A":
                    await self.stage.seen("cut", prompt)

        error = await raised(reading, self.break_error)
        same("Hello, A", "".join(read))
        self.check_error(error, None, "broke off")

    def check_error(self, error, status, told):
        """Checks that an error says its status and what is told of it."""
        if status:
            same(status, getattr(error, "status_code", status))
        holds(told in str(error), str(error))

    async def bad_request(self):
        error = await raised(lambda: self.ask(self.stage.prompt("badRequest")), self.bad_request_error)
        self.check_error(error, 400, "the temperature is wrong")
        return error

    async def unauthorized(self):
        error = await raised(lambda: self.ask(self.stage.prompt("whole"), key="no such key"), self.unauthorized_error)
        self.check_error(error, 401, "key")

    async def not_found(self):
        error = await raised(lambda: self.ask(self.stage.prompt("whole"), model="no-such-model"), self.not_found_error)
        self.check_error(error, 404, "no-such-model")

    async def rate_limited(self):
        error = await raised(
            lambda: self.ask(self.stage.prompt("limited"), model=self.limited_route), self.rate_limited_error
        )
        self.check_error(error, 429, "")
        return error

    async def bad_gateway(self):
        error = await raised(
            lambda: self.ask(self.stage.prompt("failing"), model=self.failing_route), self.bad_gateway_error
        )
        self.check_error(error, 502, "")

    CASES = {
        "whole": "whole",
        "whole-cut": "length",
        "stream": "stream",
        "tools": "tools",
        "tools-stream": "streamed_tools",
        "JSON": "json",
        "JSON-stream": "streamed_json",
        "image": "image",
        "reasoning": "reasoning",
        "reasoning-stream": "streamed_reasoning",
        "refusal": "refusal",
        "leaving-stream": "leave_stream",
        "leaving-whole": "leave_whole",
        "leaving-line": "leave_line",
        "timeout": "timeout",
        "break": "broken",
        "errors-400": "bad_request",
        "errors-401": "unauthorized",
        "errors-404": "not_found",
        "errors-429": "rate_limited",
        "errors-502": "bad_gateway",
        "threads": "threads",
    }

    def all(self):
        """Each exercise by the name of its case."""
        return {
            f"{self.protocol} {case}": self._told(getattr(self, method))
            for case, method in self.CASES.items()
            if getattr(self, method, None)
        }

    @staticmethod
    def _told(exercise):
        async def told():
            result = await exercise()
            return result if isinstance(result, str) else None

        return told
