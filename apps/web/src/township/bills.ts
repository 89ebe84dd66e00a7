import type { Bill, Payment } from '@qingpai/wire';
import { sumFen } from '../shared/bills';

/** Recorded, not confirmed yet. */
export const waitingFen = (bill: Bill, payments: readonly Payment[]): number =>
  sumFen(payments.filter((payment) => payment.state === 'recorded' && payment.bidder === bill.bidder));
