import { createApp } from 'vue';
import 'element-plus/theme-chalk/base.css';
import 'element-plus/theme-chalk/el-date-picker.css';
import 'element-plus/theme-chalk/el-input.css';
import 'element-plus/theme-chalk/el-pagination.css';
import 'element-plus/theme-chalk/el-popper.css';
import 'element-plus/theme-chalk/el-scrollbar.css';
import 'element-plus/theme-chalk/el-table.css';
import 'element-plus/theme-chalk/el-table-column.css';
import '../shared/tokens.css';
import './township.css';
import { applyPreferences } from '../shared/language';
import App from './App.vue';
import { createDesk, deskKey } from './desk';

applyPreferences();
createApp(App).provide(deskKey, createDesk()).mount('#app');
