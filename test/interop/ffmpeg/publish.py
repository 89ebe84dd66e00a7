"""FFmpeg's own WHIP (RFC 9725) as the camera, by its libraries: H264 baseline and Opus to URL with TOKEN until standard input ends.
Says how many frames were sent, and `left`."""

import datetime
import json
import os
import sys
import tempfile
import threading
import time
from fractions import Fraction

import av
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

RATE = 25
SAMPLES = 960


def say(**what) -> None:
    print(json.dumps(what), flush=True)


def certificate(folder: str) -> dict:
    """On P-256: the curve of the one that FFmpeg makes by itself is refused by OpenSSL 1.1 at the other end."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    made = made.not_valid_after(now + datetime.timedelta(days=2)).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.TraditionalOpenSSL
    paths = {"cert_file": os.path.join(folder, "cert.pem"), "key_file": os.path.join(folder, "key.pem")}
    with open(paths["cert_file"], "wb") as file:
        file.write(made.public_bytes(pem))
    with open(paths["key_file"], "wb") as file:
        file.write(key.private_bytes(pem, plain, serialization.NoEncryption()))
    return paths


def picture(count: int) -> av.VideoFrame:
    """320 × 240, stripes that wander, so that no two frames are alike."""
    frame = av.VideoFrame(320, 240, "yuv420p")
    for plane in frame.planes:
        plane.update(bytes((x + 3 * count) % 256 for x in range(plane.line_size)) * plane.height)
    frame.pts, frame.time_base = count, Fraction(1, RATE)
    return frame


def silence(count: int) -> av.AudioFrame:
    frame = av.AudioFrame(format="s16", layout="stereo", samples=SAMPLES)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.sample_rate, frame.pts, frame.time_base = 48_000, SAMPLES * count, Fraction(1, 48_000)
    return frame


def main(url: str, token: str, folder: str) -> None:
    out = av.open(url, "w", format="whip", options={"authorization": token, **certificate(folder)})
    how = {"profile": "baseline", "preset": "ultrafast", "tune": "zerolatency", "g": str(2 * RATE), "bf": "0"}
    video = out.add_stream("libx264", rate=RATE, options=how)
    video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
    audio = out.add_stream("libopus", rate=48_000)
    audio.layout = "stereo"
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    began, frames, sounds = time.monotonic(), 0, 0
    while not over.is_set():
        out.mux(video.encode(picture(frames)))
        frames += 1
        while sounds * SAMPLES < frames * 48_000 // RATE:
            out.mux(audio.encode(silence(sounds)))
            sounds += 1
        if frames % RATE == 0:
            say(sent=frames)
        over.wait(max(0, began + frames / RATE - time.monotonic()))
    out.close()
    say(state="left")


with tempfile.TemporaryDirectory() as made:
    main(sys.argv[1], sys.argv[2], made)
