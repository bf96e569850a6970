"""A client of the protocol with nothing of Earshot in it: Debian's python3-websockets. Prints what it is told."""
import asyncio
import json
import sys
import wave

import websockets


async def produce(url, path):
    with wave.open(path) as file:
        query = f"sample_rate={file.getframerate()}&name=foreign"
        pcm = file.readframes(file.getnframes())
    async with websockets.connect(f"{url}/v1/stream?{query}") as socket:
        print(await socket.recv(), flush=True)
        for at in range(0, len(pcm), 3201):
            await socket.send(pcm[at : at + 3201])
        await socket.send(json.dumps({"type": "close"}))
        async for message in socket:
            print(message, flush=True)
        print(json.dumps({"type": "end", "code": socket.close_code}), flush=True)


async def subscribe(url):
    async with websockets.connect(f"{url}/v1/events?events=frame,detection,stream_closed&stream=foreign") as socket:
        async for message in socket:
            print(message, flush=True)
            if json.loads(message)["type"] == "stream_closed":
                await socket.close()


role, *arguments = sys.argv[1:]
asyncio.run({"produce": produce, "subscribe": subscribe}[role](*arguments))
