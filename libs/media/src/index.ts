export { SDP_BYTES_MAX } from './limits.js';
export { MediaModule } from './media.module.js';
export { type MediaServer, noVideo } from './mediaServer.js';
export { STAGE_HANDS, type StageHands } from './options.js';
export { RelayServer } from './relayServer.js';
