import { defineAsyncComponent } from 'vue';
import './sheets.css';

export { default as bids } from './BidsSheet.vue';
export { default as bill } from './BillSheet.vue';
export { default as catalogue } from './CatalogueSheet.vue';
export { default as most } from './MostSheet.vue';
export { default as how } from './HowSheet.vue';
export { default as join } from './JoinSheet.vue';
export { default as notes } from '../dock/Notes.vue';
export { default as seller } from './SellerSheet.vue';
export { default as settings } from './SettingsSheet.vue';
export { default as share } from './ShareSheet.vue';
export { default as confirm } from './ConfirmSheet.vue';
export { default as won } from './WonDialog.vue';
/** Apart: who opens it waits a moment, who does not carries nothing. */
export const proof = defineAsyncComponent(() => import('./ProofSheet.vue'));

/** What stands over the picture: named here so that the first load need not know their files. */
export { default as CodeMark } from '../../shared/CodeMark.vue';
export { default as Picture } from '../../live/Picture.vue';
export const OpenLots = defineAsyncComponent(() => import('../OpenLots.vue'));
export { ring } from '../tones';
