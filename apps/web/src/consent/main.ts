import { createApp } from 'vue';
import '../shared/tokens.css';
import './consent.css';
import { applyPreferences } from '../shared/language';
import App from './App.vue';

applyPreferences();
createApp(App).mount('#app');
