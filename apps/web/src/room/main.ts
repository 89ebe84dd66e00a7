import type { Snapshot } from '@qingpai/wire';
import { createApp } from 'vue';
import '../shared/tokens.css';
import './room.css';
import { applyPreferences } from '../shared/language';
import App from './App.vue';
import { createRoom, roomKey } from './room';

/** The server puts the snapshot into the page, so that the first picture needs no second request. */
function bootSnapshot(): Snapshot | null {
  try {
    return JSON.parse(document.getElementById('boot')?.textContent ?? '') as Snapshot;
  } catch {
    return null; // an empty holder: the socket brings the snapshot
  }
}

const snapshot = bootSnapshot();
const showId = snapshot?.card.showId ?? location.pathname.split('/').filter(Boolean).at(-1) ?? '';
const room = createRoom(showId, snapshot);

/** A slip's link carries its token in the fragment; it is taken out of the address at once. */
const token = new URLSearchParams(location.hash.slice(1)).get('slip');
if (token) {
  history.replaceState(null, '', location.pathname + location.search);
  room.slipToken.value = token;
  room.sheet.value = 'join';
}

applyPreferences();
createApp(App).provide(roomKey, room).mount('#app');
