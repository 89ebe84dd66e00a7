import { createApp } from 'vue';
import '../shared/tokens.css';
import '../pay/pay.css';
import './replay.css';
import { applyPreferences } from '../shared/language';
import App from './App.vue';

/** The show is named by the page's own address: /replay/20261124-01. */
const showId = location.pathname.split('/').filter(Boolean).at(-1) ?? '';

applyPreferences();
createApp(App, { showId }).mount('#app');
