import { type Certificate } from '@qingpai/wire';
import { type LeafCertificate } from '../certificate.js';

type Together = NonNullable<Certificate['together']>;
type Counted = LeafCertificate & Pick<Certificate, 'together'>;

/**
 * A log and what it goes on from, counted together (LEDGER §5): each unit once, and each sale as it stands now. Where nothing
 * was taken over, the sales before count as they stood.
 * @param before with its own `together`, where it goes on from another
 */
export function togetherWith(before: Counted, next: LeafCertificate): Together {
  const earlier = before.together ?? alone(before);
  const { takenOver } = next;
  const now = alone(next);
  const moved = takenOver
    ? {
        paidFen: now.paidFen + takenOver.paidFen,
        paidUnits: now.paidUnits + takenOver.paidUnits,
        deliveredUnits: now.deliveredUnits + takenOver.deliveredUnits,
      }
    : {
        paidFen: now.paidFen + earlier.paidFen,
        paidUnits: now.paidUnits + earlier.paidUnits,
        deliveredUnits: now.deliveredUnits + earlier.deliveredUnits,
      };
  return {
    logs: earlier.logs + 1,
    units: earlier.units - earlier.openUnits + now.units,
    soldUnits: earlier.soldUnits + now.soldUnits,
    passedUnits: earlier.passedUnits + now.passedUnits,
    withdrawnUnits: earlier.withdrawnUnits + now.withdrawnUnits,
    carriedUnits: earlier.carriedUnits + now.carriedUnits,
    openUnits: now.openUnits,
    hammerFen: earlier.hammerFen + now.hammerFen,
    ...moved,
  };
}

const alone = (facts: LeafCertificate): Together => ({
  logs: 1,
  units: facts.sealedUnits,
  soldUnits: facts.soldUnits,
  passedUnits: facts.passedUnits,
  withdrawnUnits: facts.withdrawnUnits,
  carriedUnits: facts.carriedUnits,
  openUnits: facts.openUnits,
  hammerFen: facts.hammerFen,
  paidFen: facts.paidFen,
  paidUnits: facts.paid.units,
  deliveredUnits: facts.delivered.units,
});
