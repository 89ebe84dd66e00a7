import { type OrderState } from '@qingpai/wire';

/**
 * A deposit paid online only moves forward. `paid` ends as `returned`, or as `forfeited` where nothing of it goes back;
 * `stray`, money that could not be held, ends as `sent-back`.
 */
export type DepositOrderState = Exclude<OrderState, 'returned'> | 'forfeited' | 'returned' | 'sent-back';

export const nextDepositOrderStates: Record<DepositOrderState, readonly DepositOrderState[]> = {
  open: ['processing', 'closed', 'paid', 'stray'],
  processing: ['closed', 'paid', 'stray'],
  closed: ['paid', 'stray'],
  paid: ['forfeited', 'returned'],
  stray: ['sent-back'],
  forfeited: [],
  returned: [],
  'sent-back': [],
};

/** From where it may come to be this. */
export const statesBefore = (to: DepositOrderState): DepositOrderState[] =>
  (Object.keys(nextDepositOrderStates) as DepositOrderState[]).filter((from) =>
    nextDepositOrderStates[from].includes(to),
  );

/** As the judge of orders knows it: what is over stays over. */
export const asOrderState = (state: DepositOrderState): OrderState =>
  state === 'forfeited' || state === 'sent-back' ? 'returned' : state;
