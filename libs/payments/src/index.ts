export { paymentsInvariants } from './invariants.js';
export { Bills } from './bills.js';
export { paymentsEntities } from './entities.js';
export { paymentsMigrations } from './migrations/index.js';
export { type PaymentsOptions } from './options.js';
export { PaymentsModule } from './payments.module.js';
export { type Cashier, PaymentsService } from './payments.service.js';
export { type Buyer, SHOW_SALES, type ShowSales, type SoldSale } from './sales.js';
