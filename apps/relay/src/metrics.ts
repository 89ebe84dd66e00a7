import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Camera } from './camera.js';
import { Viewer } from './viewer.js';

interface Figures {
  cameras: Camera[];
  viewers: Viewer[];
  egressBitsPerSecond: number;
  nowMs: number;
}

/** What an operator watches of live video, for Prometheus. */
export class RelayCounters {
  readonly registry = new Registry();
  private readonly gone = { packets: 0, lost: 0, nacked: 0, plis: 0, resent: 0, sent: 0, asked: 0 };
  private figures: () => Figures = () => ({ cameras: [], viewers: [], egressBitsPerSecond: 0, nowMs: 0 });
  readonly joined = new Histogram({
    name: 'qingpai_relay_join_seconds',
    help: 'From the POST of a viewer to the first packet of a picture that goes out to him',
    buckets: [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5],
    registers: [this.registry],
  });
  readonly refused = new Counter({
    name: 'qingpai_relay_refused_total',
    help: 'Requests that were refused, by status',
    labelNames: ['status'],
    registers: [this.registry],
  });
  readonly ingress = new Counter({
    name: 'qingpai_relay_received_bytes_total',
    help: 'Received from cameras',
    registers: [this.registry],
  });

  constructor() {
    const videos = () => this.figures().cameras.flatMap(({ feeds }) => feeds.filter((one) => one.isVideo));
    this.gauge('viewers', 'Connections that watch', () => this.figures().viewers.length);
    this.gauge('cameras', 'Connections that send', () => this.figures().cameras.length);
    this.gauge('egress_bits_per_second', 'Sent to viewers', () => this.figures().egressBitsPerSecond);
    this.gauge('camera_bits_per_second', 'Video that comes in, all sizes', () => {
      const { nowMs } = this.figures();
      return videos().reduce((sum, feed) => sum + feed.bitsPerSecond(nowMs), 0);
    });
    this.gauge('camera_fps', 'Frames a second of the best picture of each camera, together', () => {
      const { cameras, nowMs } = this.figures();
      return cameras.reduce(
        (sum, one) => sum + Math.max(0, ...one.feeds.map((feed) => feed.framesPerSecond(nowMs))),
        0,
      );
    });
    const feeds = () => this.figures().cameras.flatMap((one) => one.feeds);
    const sum = <T>(all: T[], of: (one: T) => number) => all.reduce((total, one) => total + of(one), 0);
    this.gauge(
      'camera_lost_packets_total',
      'Packets of cameras that were missed at first',
      () => this.gone.lost + sum(feeds(), (one) => one.lost),
    );
    this.gauge(
      'camera_packets_total',
      'Packets from cameras',
      () => this.gone.packets + sum(feeds(), (one) => one.packets),
    );
    this.gauge(
      'nacks_sent_total',
      'Packets that cameras were asked for again',
      () => this.gone.nacked + sum(feeds(), (one) => one.nacked),
    );
    this.gauge(
      'plis_sent_total',
      'Keyframes that cameras were asked for',
      () => this.gone.plis + sum(this.figures().cameras, (one) => one.plis),
    );
    this.gauge(
      'resent_packets_total',
      'Packets sent to viewers again',
      () => this.gone.resent + sum(this.figures().viewers, (one) => one.nacks),
    );
    this.gauge(
      'plis_received_total',
      'Keyframes that viewers asked for',
      () => this.gone.asked + sum(this.figures().viewers, (one) => one.plis),
    );
    this.gauge(
      'sent_bytes_total',
      'Sent to viewers',
      () => this.gone.sent + sum(this.figures().viewers, (one) => one.bytes),
    );
    collectDefaultMetrics({ register: this.registry, prefix: 'qingpai_relay_' });
  }

  watch(figures: () => Figures): void {
    this.figures = figures;
  }

  /** What a connection has counted outlives it. */
  keep(one: Camera | Viewer): void {
    if (one instanceof Viewer) {
      this.gone.resent += one.nacks;
      this.gone.asked += one.plis;
      this.gone.sent += one.bytes;
      return;
    }
    this.gone.plis += one.plis;
    for (const feed of one.feeds) {
      this.gone.packets += feed.packets;
      this.gone.lost += feed.lost;
      this.gone.nacked += feed.nacked;
    }
  }

  private gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name: `qingpai_relay_${name}`,
      help,
      registers: [this.registry],
      collect() {
        this.set(value());
      },
    });
  }
}
