import { Ledger1795500200000 } from './1795500200000-ledger.js';
import { Cosignatures1795500210000 } from './1795500210000-cosignatures.js';
import { Books1795500230000 } from './1795500230000-books.js';
import { PaidOutEntries1795500240000 } from './1795500240000-paid-out-entries.js';
import { DepositsInBooks1795500250000 } from './1795500250000-deposits-in-books.js';

export const ledgerMigrations = [
  Ledger1795500200000,
  Cosignatures1795500210000,
  Books1795500230000,
  PaidOutEntries1795500240000,
  DepositsInBooks1795500250000,
];
