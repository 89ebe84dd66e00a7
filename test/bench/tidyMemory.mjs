import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Loaded before the server whose memory is measured: it collects its garbage every three seconds. */
setFlagsFromString('--expose-gc');
setInterval(runInNewContext('gc'), 3_000).unref();
