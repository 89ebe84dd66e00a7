import type { MyPayment, OnlineMethod, OnlineOrder } from '@qingpai/wire';

/** WeChat opens no Alipay link, and a QR of WeChat Pay cannot be scanned by the phone that shows it. */
export const isWeChat = (userAgent: string): boolean => /MicroMessenger/i.test(userAgent);

/** What works in this browser, best first. */
export function methodsIn(online: readonly OnlineMethod[], inWeChat: boolean): OnlineMethod[] {
  const best: OnlineMethod[] = inWeChat ? ['card', 'wechat_pay'] : ['alipay', 'wechat_pay', 'card'];
  return best.filter((method) => online.includes(method));
}

/** Where a bill stands, for the one line on top of the page. */
export type Standing = 'nothing' | 'due' | 'recorded' | 'processing' | 'stray' | 'paid';

export function standingOf({ bill, paidByHand, orders }: MyPayment): Standing {
  if (orders.some(({ state }) => state === 'stray')) return 'stray';
  if (orders.some(({ state }) => state === 'processing')) return 'processing';
  if (bill.dueFen === 0) return bill.sales.length === 0 ? 'nothing' : 'paid';
  return paidByHand.some(({ state }) => state === 'recorded') ? 'recorded' : 'due';
}

/** Whether something may still come of it without the buyer. */
export const isWaiting = (orders: readonly OnlineOrder[]): boolean =>
  orders.some(({ state }) => state === 'open' || state === 'processing');

/** What is left of the time to pay, rounded up to the minute. */
export function leftOf(payByMs: number, nowMs: number): { hours: number; minutes: number; isOver: boolean } {
  const minutes = Math.max(0, Math.ceil((payByMs - nowMs) / 60_000));
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60, isOver: minutes === 0 };
}
