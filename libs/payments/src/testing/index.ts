export { Cases } from '../cases.js';
export { Means } from '../means.js';
export { type KeptOrder } from '../online/orderRows.js';
export { OnlineOrders } from '../online/orders.js';
export { OnlineRefunds } from '../online/refunds.js';
export { FakeStripe, type FakeEvent, type HowPaid, WEBHOOK_SECRET } from './fakeStripe.js';
