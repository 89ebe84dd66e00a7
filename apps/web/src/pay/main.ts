import { createApp } from 'vue';
import '../shared/tokens.css';
import './pay.css';
import { applyPreferences } from '../shared/language';
import App from './App.vue';

/** The show is named by the page's own address: /pay/20261124-01. */
const showId = location.pathname.split('/').filter(Boolean).at(-1) ?? '';
/** The buyer comes back from the provider's page: what he did there is asked for. */
const isBack = new URLSearchParams(location.search).has('back');

applyPreferences();
createApp(App, { showId, isBack, userAgent: navigator.userAgent }).mount('#app');
