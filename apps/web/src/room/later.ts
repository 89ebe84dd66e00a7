import { defineAsyncComponent } from 'vue';

/** What comes after the bid button, in one piece: each is asked for again when it is needed and did not come. */
export const sheets = () => import('./sheets');
export const restDock = () => import('./dock/RestDock.vue');
export const clockDock = () => import('./dock/ClockDock.vue');
type Parts = Omit<Awaited<ReturnType<typeof sheets>>, 'ring'>;
export const sheetOf = (name: keyof Parts) => defineAsyncComponent(async () => (await sheets())[name]);
