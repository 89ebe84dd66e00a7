/** The thread of `judgeInWorker`: one bundle in, one verification out. */
import { parentPort, workerData } from 'node:worker_threads';
import { verifyBundle } from '../rules/verify/index.js';

const { bundle, policy } = workerData as { bundle: string; policy: string };
parentPort?.postMessage(verifyBundle(bundle, { policy }));
