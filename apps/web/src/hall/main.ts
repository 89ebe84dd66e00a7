import { createApp } from 'vue';
import '../shared/tokens.css';
import './hall.css';
import { applyPreferences } from '../shared/language';
import App from './App.vue';

applyPreferences();
createApp(App).mount('#app');
