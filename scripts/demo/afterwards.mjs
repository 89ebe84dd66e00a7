import { randomUUID } from 'node:crypto';

/**
 * What follows an evening: bills paid by hand, one buyer who does not pay and whose units go to who came next (顺位成交),
 * one refund, growers paid in a batch by two persons, and the settlement.
 * @returns what happened, for the closing lines
 */
export async function afterwards({ host, buyers, rules, http, showId, hostToken, officerToken, say }) {
  const path = `/api/shows/${showId}`;
  let payments = 0;

  /** The host records, the officer confirms: two persons. */
  async function payByHand(bill) {
    const sales = bill.sales.filter(({ phase }) => phase === 'awaiting').map(({ sale }) => sale);
    const channel = ['transfer', 'cash', 'wechat', 'alipay'][bill.paddle % 4];
    payments += 1;
    const reference = `DEMO-${bill.paddle}-${payments}`;
    const body = { sales, amountFen: bill.dueFen, channel, reference, freshWord: 'by-phone' };
    const { id } = await http.post(`${path}/payments`, body, hostToken);
    await http.post(`${path}/payments/${id}/decision`, { confirm: true }, officerToken);
  }
  const billsDue = async () =>
    (await http.get(`${path}/bills`, hostToken)).bills.filter(({ dueFen }) => dueFen > 0);

  /** Somebody all of whose lots have a runner-up: nothing goes unsold because of him. */
  function whoDoesNotPay(bills) {
    const { state } = host;
    return bills.find(({ sales }) => sales.every(({ sale }) => rules.nextRunnerUp(state, state.sales[sale])));
  }

  /** Each chance is taken by who is asked, signed by his own key. */
  async function takeChance({ sale, lot, bidder, units, unitPriceFen }) {
    const buyer = buyers.find(({ me }) => me.bidder === bidder);
    const body = { sale, lot, bidder, units, unitPriceFen };
    const answer = await buyer.ask('answerChance', {
      sale,
      accept: true,
      sig: buyer.signAct('sale.accepted', body),
    });
    if (!answer.ok) throw new Error(`answerChance: ${answer.reason}`);
    await host.reached(answer.i + 1);
  }

  const bills = await billsDue();
  const late = whoDoesNotPay(bills);
  for (const bill of bills) if (bill !== late) await payByHand(bill);
  let chances = 0;
  if (late) {
    say(`${late.paddle}号 ${late.sales.length} 件逾期未付，等待顺位 does not pay; who came next is asked`);
    while (chances < late.sales.length) {
      const isAsked = ({ result }) => result === 'standing';
      const asked =
        host.state.chances.find(isAsked) ??
        (await host.event(({ type }) => type === 'sale.offered', 90_000)).body;
      await takeChance(asked);
      chances += 1;
    }
    for (const bill of await billsDue()) await payByHand(bill);
  }

  const [back] = Object.values(host.state.sales).filter(({ phase }) => phase === 'paid');
  const refund = {
    refund: randomUUID(),
    sale: back.sale,
    amountFen: 500,
    channel: 'cash',
    reference: 'DEMO-退-1',
  };
  await http.post(`${path}/hand-refunds`, refund, hostToken);

  const { growers } = await http.get(`${path}/payouts`, officerToken);
  const owed = growers.filter(({ payableFen }) => payableFen > 0).map(({ grower }) => grower);
  const made = await http.post(`${path}/payout-batches`, { growers: owed, channel: 'cash' }, officerToken);
  const batch = made.batches.at(-1);
  const rows = batch.rows.map(({ payout }) => ({ payout, reference: `DEMO-签收-${payout}` }));
  await http.post(`${path}/payout-batches/${batch.id}/confirmation`, { rows }, hostToken);

  const events = await host.command({ name: 'settle' });
  await host.reached(events.at(-1).i + 1);
  return { payments, chances, refundedFen: refund.amountFen, growers: owed.length };
}
