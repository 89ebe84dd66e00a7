"""What WHIP and WHEP clients have in common: one offer, one answer, a resource that is left by DELETE."""

import asyncio
import json
import sys
from urllib.parse import urljoin

from aiortc import RTCSessionDescription


def say(**what) -> None:
    print(json.dumps(what), flush=True)


async def exchange(session, pc, url: str, token: str):
    """The resource, or None when it was refused: then its status has been said."""
    await pc.setLocalDescription(await pc.createOffer())
    headers = {"content-type": "application/sdp", "authorization": f"Bearer {token}"}
    async with session.post(url, data=pc.localDescription.sdp, headers=headers) as answer:
        say(status=answer.status)
        if answer.status != 201:
            return None
        await pc.setRemoteDescription(RTCSessionDescription(sdp=await answer.text(), type="answer"))
        return urljoin(url, answer.headers["location"])


async def leave(session, resource: str, token: str) -> None:
    async with session.delete(resource, headers={"authorization": f"Bearer {token}"}) as answer:
        say(deleted=answer.status)


async def stdin_end() -> None:
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
