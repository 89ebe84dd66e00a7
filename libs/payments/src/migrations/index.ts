import { Payments1795500600000 } from './1795500600000-payments.js';
import { PaymentsOfPersons1795500610000 } from './1795500610000-payments-of-persons.js';

export const paymentsMigrations = [Payments1795500600000, PaymentsOfPersons1795500610000];
