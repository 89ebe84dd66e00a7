import { randomUUID } from 'node:crypto';
import { reasonOf } from '@qingpai/members/testing';
import { type PaymentProvider } from '../online/provider.js';
import { findStripeMock, openStripeMock, type StripeMock } from '../testing/stripeMock.js';
import { StripeProvider } from './stripeProvider.js';

/**
 * The requests we send, judged by Stripe's own stand-in: unknown, missing and ill-typed parameters are refused by it.
 * What it answers is canned, so behaviour is tested elsewhere (online.spec.ts).
 */
const found = findStripeMock();
let mock: StripeMock;
let provider: PaymentProvider;
let judged = 0;

beforeAll(async () => {
  if (found === null) return;
  mock = await openStripeMock(found);
  provider = new StripeProvider({ secretKey: 'sk_test_123', webhookSecret: 'whsec_1', apiUrl: mock.url });
});
afterAll(() => {
  mock?.close();
  process.stdout.write(`stripe contracts: ${judged} of ${contracts} judged by stripe-mock v0.203.0\n`);
});

let contracts = 0;
/** Where stripe-mock cannot be had, each contract is named as not judged. */
function contract(name: string, judge: () => Promise<void>): void {
  contracts += 1;
  if (found === null) test.skip(`stripe-mock could not be had, not judged: how we ${name}`, judge);
  else
    test(`stripe-mock accepts how we ${name}`, async () => {
      await judge();
      judged += 1;
    });
}

/** What the stand-in answers when it is asked directly. */
async function post(path: string, form: Record<string, string>): Promise<number> {
  const headers = { authorization: 'Bearer sk_test_123' };
  const body = new URLSearchParams(form);
  return (await fetch(`${mock.url}${path}`, { method: 'POST', headers, body })).status;
}

const order = () => ({
  ...{ id: randomUUID(), amountFen: 17_400, returnUrl: 'https://market.example/pay/20261124-01' },
  expiresAtMs: Date.now() + 3_600_000,
});

contract('open a page for card, Alipay and WeChat Pay in CNY', async () => {
  const begun = await provider.begin(order());
  expect(begun.ref).toMatch(/^cs_/);
  expect(JSON.parse(begun.answer.toString())).toMatchObject({ object: expect.any(String) });
});

contract('look at a page and at its charge', async () => {
  expect((await provider.look('cs_test_1')).page).toMatch(/^(open|complete|expired)$/);
});

contract('close a page', async () => {
  expect((await provider.close('cs_test_1')).ref).toMatch(/^cs_/);
});

contract('give money back', async () => {
  const refund = { id: randomUUID(), order: randomUUID(), charge: 'pi_1', amountFen: 500 };
  expect(await provider.giveBack(refund)).toMatchObject({
    ref: expect.stringMatching(/^re_/),
    state: 'given',
  });
});

contract(
  'name alipay, wechat_pay and CNY, and it refuses a means and a parameter that Stripe does not know',
  async () => {
    const page = {
      ...{ mode: 'payment', success_url: 'https://market.example/', 'line_items[0][quantity]': '1' },
      ...{ 'line_items[0][price_data][currency]': 'cny', 'line_items[0][price_data][unit_amount]': '5000' },
      'line_items[0][price_data][product_data][name]': 'x',
    };
    expect(await post('/v1/checkout/sessions', { ...page, 'payment_method_types[0]': 'alipay' })).toBe(200);
    expect(
      await post('/v1/checkout/sessions', { ...page, 'payment_method_types[0]': 'bank_of_siqiao' }),
    ).toBe(400);
    expect(await post('/v1/checkout/sessions', { ...page, phone: '13900000000' })).toBe(400);
  },
);

contract('take a no for a no', async () => {
  const wrong = { ...order(), amountFen: Number.NaN };
  expect(await reasonOf(provider.begin(wrong))).toBe('no-online-payment');
});
