import { createApp } from 'vue';
import '../shared/tokens.css';
import './host.css';
import { applyPreferences } from '../shared/language';
import App from './App.vue';
import { begin } from './session';

applyPreferences();
void begin();
createApp(App).mount('#app');
