import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

// `npm run bench -- video`: one camera, a hundred viewers that are no browsers, the relay as a process of its own.
const VIEWERS = 100;
const FOR_MS = 10_000;
/** Who comes alone, at any moment: most do. */
const ALONE = 30;
const FRAME_MS = 33;
const PACKETS_PER_FRAME = 4;
const PAYLOAD_BYTES = 1_050;
const program = 'dist/apps/relay/src/main.js';

/** Prints what was measured, without and with a recording; throws when a viewer saw nothing. */
export async function video(root, say) {
  for (const recorded of [false, true]) {
    say(recorded ? 'recorded' : 'not recorded');
    await measured(root, say, recorded);
  }
}

async function measured(root, say, recorded) {
  const library = await import('node-datachannel').then((found) => found.default ?? found);
  const relay = await openRelay(join(root, program), recorded);
  try {
    const camera = await openCamera(library, relay);
    await until(async () => (await relay.metric('camera_fps')) > 15, 'the camera sends');
    const idle = await cpuShare(relay, FOR_MS / 2);
    const alone = [];
    for (let n = 0; n < ALONE; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1_000 * Math.random()));
      const viewer = await openViewer(library, relay, `alone-${n}`);
      alone.push(viewer.joinMs);
      viewer.close();
    }
    const viewers = [];
    // Ten at a time, as a room fills: each waits for its first frame.
    for (let n = 0; n < VIEWERS; n += 10) {
      const some = Array.from({ length: 10 }, (_, k) => openViewer(library, relay, `viewer-${n + k}`));
      viewers.push(...(await Promise.all(some)));
    }
    const framesBefore = viewers.map((one) => one.frames);
    const startedAtMs = performance.now();
    const busy = await cpuShare(relay, FOR_MS);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const rates = viewers.map((one, k) => (one.frames - framesBefore[k]) / seconds).sort((a, b) => a - b);
    const at = (values, share) => values[Math.min(values.length - 1, Math.floor(values.length * share))];
    const joined = (joins) => {
      const sorted = joins.sort((a, b) => a - b);
      return `p50 ${at(sorted, 0.5).toFixed(0)} ms, p95 ${at(sorted, 0.95).toFixed(0)} ms`;
    };
    say(
      `viewers ${VIEWERS} · camera ${((await relay.metric('camera_bits_per_second')) / 1e6).toFixed(2)} Mbit/s`,
    );
    say(
      `relay CPU: ${(100 * busy).toFixed(1)} % of a core, alone with the camera ${(100 * idle).toFixed(1)} %`,
    );
    say(`CPU per viewer: ${((100 * (busy - idle)) / VIEWERS).toFixed(3)} % of a core`);
    say(`join → first frame, one at a time, ${ALONE} of them: ${joined(alone)}`);
    say(`join → first frame, ten at a time: ${joined(viewers.map((one) => one.joinMs))}`);
    say(`load of the machine: ${loadavg()[0].toFixed(1)} on ${cpus().length} cores`);
    say(`frames a second: p50 ${at(rates, 0.5).toFixed(1)}, worst ${rates[0].toFixed(1)} of 30 sent`);
    say(`egress ${((await relay.metric('egress_bits_per_second')) / 1e6).toFixed(0)} Mbit/s`);
    if (rates[0] === 0) throw new Error('a viewer saw nothing');
    for (const one of [camera, ...viewers]) one.close();
  } finally {
    await relay.close();
  }
}

async function openRelay(path, recorded) {
  const folder = mkdtempSync(join(tmpdir(), 'qingpai-bench-video-'));
  const key = randomBytes(32);
  writeFileSync(join(folder, 'key'), key.toString('base64'));
  const args = [path, '--key-file', join(folder, 'key'), '--with-parent', '--egress-mbit-max', '10000'];
  if (recorded) args.push('--recordings', join(folder, 'recordings'));
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const url = /^RELAY (\S+)/.exec(line)?.[1];
  if (!url) throw new Error(line);
  const token = (may, person) => {
    const claim = { show: 'bench', may, person, untilMs: Date.now() + 3_600_000 };
    const body = Buffer.from(JSON.stringify(claim)).toString('base64url');
    return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
  };
  return {
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(new RegExp(`^qingpai_relay_${name} (\\S+)$`, 'm').exec(text)?.[1]);
    },
    async connect(peer, door, may, person) {
      const gathered = new Promise((resolve) =>
        peer.onGatheringStateChange((state) => state === 'complete' && resolve()),
      );
      peer.setLocalDescription('offer');
      await gathered;
      const answer = await fetch(`${url}/${door}/bench`, {
        method: 'POST',
        headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token(may, person)}` },
        body: peer.localDescription().sdp,
      });
      if (answer.status !== 201) throw new Error(`${door}: ${answer.status}`);
      peer.setRemoteDescription(await answer.text(), 'answer');
    },
    async close() {
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Share of one core that the relay used in this time. */
async function cpuShare(relay, forMs) {
  const [before, atMs] = [await relay.metric('process_cpu_seconds_total'), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, forMs));
  return ((await relay.metric('process_cpu_seconds_total')) - before) / ((performance.now() - atMs) / 1_000);
}

const config = { iceServers: [], bindAddress: '127.0.0.1' };

async function openCamera(library, relay) {
  const peer = new library.PeerConnection('camera', config);
  const media = new library.Video('video', 'SendOnly');
  media.addVP8Codec(96);
  media.addSSRC(42, 'camera', 'camera', 'video');
  const track = peer.addTrack(media);
  let [seq, frame, wantsKey] = [0, 0, true];
  track.onMessage((packet) => (wantsKey ||= packet[1] === 206));
  await relay.connect(peer, 'whip', 'publish', 'host');
  // By the clock, so that a busy machine still sends thirty a second.
  const began = performance.now();
  const timer = setInterval(() => {
    for (; track.isOpen() && frame * FRAME_MS < performance.now() - began; frame += 1) sendFrame();
  }, 10);
  function sendFrame() {
    for (let part = 0; part < PACKETS_PER_FRAME; part += 1) {
      const packet = Buffer.alloc(12 + PAYLOAD_BYTES);
      packet[0] = 0x80;
      packet[1] = 96 | (part === PACKETS_PER_FRAME - 1 ? 0x80 : 0);
      packet.writeUInt16BE(seq++ & 0xffff, 2);
      packet.writeUInt32BE((frame * 3_000) >>> 0, 4);
      packet.writeUInt32BE(42, 8);
      packet[12] = part === 0 ? 0x10 : 0;
      packet[13] = part === 0 && (wantsKey || frame % 60 === 0) ? 0 : 1;
      // What every keyframe of VP8 begins with (RFC 6386 §9.1): a start code and the size, 854 × 480.
      if (packet[13] === 0) Buffer.from('9d012a5603e001', 'hex').copy(packet, 16);
      track.sendMessageBinary(packet);
    }
    wantsKey = false;
  }
  return {
    close() {
      clearInterval(timer);
      peer.close();
    },
  };
}

async function openViewer(library, relay, person) {
  const startedAtMs = performance.now();
  const peer = new library.PeerConnection(person, config);
  const media = new library.Video('video', 'RecvOnly');
  media.addVP8Codec(96);
  const track = peer.addTrack(media);
  const viewer = { frames: 0, joinMs: 0, close: () => undefined };
  const first = new Promise((resolve) =>
    track.onMessage((packet) => {
      const isMedia = packet[1] < 192 || packet[1] > 223;
      if (!isMedia || packet[1] >> 7 === 0) return;
      viewer.frames += 1;
      if (viewer.frames === 1) resolve((viewer.joinMs = performance.now() - startedAtMs));
    }),
  );
  // Says that it lives.
  const timer = setInterval(
    () => track.isOpen() && track.sendMessageBinary(Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 9])),
    1_000,
  );
  viewer.close = () => {
    clearInterval(timer);
    peer.close();
  };
  await relay.connect(peer, 'whep', 'watch', person);
  await first;
  return viewer;
}

async function until(truth, what, withinMs = 15_000) {
  for (const endMs = performance.now() + withinMs; !(await truth());) {
    if (performance.now() > endMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
