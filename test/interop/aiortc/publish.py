"""A camera by aiortc: WHIP (RFC 9725) to URL with TOKEN. Says `connected`, then `left` when standard input ends."""

import asyncio
import sys
from fractions import Fraction

import aiohttp
from aiortc import RTCPeerConnection, VideoStreamTrack
from aiortc.mediastreams import AudioStreamTrack
from aiortc.rtcrtpsender import RTCRtpSender
from av import VideoFrame
from whip import exchange, leave, stdin_end, say


class Stripes(VideoStreamTrack):
    """320 × 240, 30 frames a second, stripes that wander, so that no two frames are alike."""

    count = 0

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(320, 240, "yuv420p")
        for plane in frame.planes:
            row = bytes((x + 3 * self.count) % 256 for x in range(plane.line_size))
            plane.update(row * plane.height)
        self.count += 1
        frame.pts, frame.time_base = pts, Fraction(time_base)
        return frame


async def main(url: str, token: str, codec: str) -> None:
    pc = RTCPeerConnection()
    video = pc.addTransceiver(Stripes(), direction="sendonly")
    known = RTCRtpSender.getCapabilities("video").codecs
    video.setCodecPreferences([one for one in known if one.mimeType.lower() == f"video/{codec}".lower()])
    pc.addTransceiver(AudioStreamTrack(), direction="sendonly")
    pc.on("connectionstatechange", lambda: say(state=pc.connectionState))
    async with aiohttp.ClientSession() as session:
        resource = await exchange(session, pc, url, token)
        if resource is not None:
            await stdin_end()
            await leave(session, resource, token)
        await pc.close()
        say(state="left")


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3]))
