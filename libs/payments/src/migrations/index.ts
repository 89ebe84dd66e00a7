import { Payments1795500600000 } from './1795500600000-payments.js';
import { PaymentsOfPersons1795500610000 } from './1795500610000-payments-of-persons.js';
import { OnlinePayments1795500620000 } from './1795500620000-online-payments.js';
import { Deposits1795500650000 } from './1795500650000-deposits.js';
import { FreightAndParcels1795500630000 } from './1795500630000-freight-and-parcels.js';
import { HandRefunds1795500640000 } from './1795500640000-hand-refunds.js';
import { Growers1795500660000 } from './1795500660000-growers.js';
import { DepositReceipts1795500670000 } from './1795500670000-deposit-receipts.js';
import { DepositsOnline1795500671000 } from './1795500671000-deposits-online.js';
import { Clawbacks1795500690000 } from './1795500690000-clawbacks.js';
import { FreightBackByHand1795500691000 } from './1795500691000-freight-back-by-hand.js';
import { FreightBackAlone1795500692000 } from './1795500692000-freight-back-alone.js';
import { FreshWordsByHand1795500693000 } from './1795500693000-fresh-words-by-hand.js';
import { OnlineRefundsOfTwoPersons1795500694000 } from './1795500694000-online-refunds-of-two-persons.js';

export const paymentsMigrations = [
  Payments1795500600000,
  PaymentsOfPersons1795500610000,
  OnlinePayments1795500620000,
  FreightAndParcels1795500630000,
  HandRefunds1795500640000,
  Deposits1795500650000,
  Growers1795500660000,
  DepositReceipts1795500670000,
  DepositsOnline1795500671000,
  Clawbacks1795500690000,
  FreightBackByHand1795500691000,
  FreightBackAlone1795500692000,
  FreshWordsByHand1795500693000,
  OnlineRefundsOfTwoPersons1795500694000,
];
