"""The exercises of some clients. Arguments: clients, by commas, the gateway's base URL, a key, where the service tells what it saw."""

import asyncio
import importlib
import sys
import warnings

import stage


async def main(names, base_url, key, seen):
    warnings.simplefilter("ignore")
    theatre = stage.Stage(base_url, key, seen)
    for name in names.split(","):
        module = importlib.import_module("client_" + name.replace("-", "_"))
        await stage.run(await module.exercises(theatre), name, module.PACKAGE)


asyncio.run(main(*sys.argv[1:]))
