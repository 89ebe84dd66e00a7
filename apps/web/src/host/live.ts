import type { MediaAddress } from '@qingpai/wire';
import { computed, inject, onUnmounted, shallowRef, type InjectionKey } from 'vue';
import { post } from '../shared/api';
import type { Sender } from '../live/sender';
import type { createDesk } from './desk';

/** The host's own camera; its code is fetched when it is first opened, and it goes on whatever sheet is open. */
export function createLive(desk: ReturnType<typeof createDesk>) {
  const sender = shallowRef<Sender | null>(null);
  const ask = (page: string) => post<MediaAddress>(`/api/shows/${desk.showId}/stage/publish`, { page });
  async function open(): Promise<Sender> {
    const { createSender } = await import('../live/sender');
    sender.value ??= createSender(ask, () => desk.view.code);
    return sender.value;
  }
  onUnmounted(() => sender.value?.stop());
  /** Said only when a viewer could see or hear it now: the relay says so. */
  const isOnAir = computed(() => desk.view.stage?.state === 'live');
  const isStalled = computed(() => desk.view.stage?.state === 'stalled');
  return { sender, open, isOnAir, isStalled };
}

export type Live = ReturnType<typeof createLive>;
export const liveKey: InjectionKey<Live> = Symbol('live');
export function useLive(): Live {
  const live = inject(liveKey);
  if (!live) throw new Error('bug: live video was not provided');
  return live;
}
