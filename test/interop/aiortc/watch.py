"""A viewer by aiortc: WHEP from URL with TOKEN. Says how many frames and packets of sound it has decoded."""

import asyncio
import sys

import aiohttp
from aiortc import RTCPeerConnection
from aiortc.mediastreams import MediaStreamError
from whip import exchange, leave, stdin_end, say


async def main(url: str, token: str) -> None:
    pc = RTCPeerConnection()
    pc.addTransceiver("audio", direction="recvonly")
    pc.addTransceiver("video", direction="recvonly")
    seen = {"video": 0, "audio": 0, "width": 0}

    async def count(track) -> None:
        try:
            while True:
                frame = await track.recv()
                seen[track.kind] += 1
                if track.kind == "video":
                    seen["width"] = frame.width
        except MediaStreamError:
            pass

    async def tell() -> None:
        while True:
            await asyncio.sleep(0.2)
            say(**seen)

    pc.on("track", lambda track: asyncio.ensure_future(count(track)))
    pc.on("connectionstatechange", lambda: say(state=pc.connectionState))
    async with aiohttp.ClientSession() as session:
        resource = await exchange(session, pc, url, token)
        if resource is not None:
            telling = asyncio.ensure_future(tell())
            await stdin_end()
            telling.cancel()
            await leave(session, resource, token)
        await pc.close()
        say(state="left")


asyncio.run(main(sys.argv[1], sys.argv[2]))
