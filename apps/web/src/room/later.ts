import { defineAsyncComponent } from 'vue';

/** What comes after the bid button, in one piece: each is asked for again when it is needed and did not come. */
export const sheets = () => import('./sheets');
export const restDock = () => import('./dock/RestDock.vue');
export const sheetOf = (name: keyof Awaited<ReturnType<typeof sheets>>) =>
  defineAsyncComponent(async () => (await sheets())[name]);
