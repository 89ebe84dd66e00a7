import { bidMessage, signedBid } from '@qingpai/auction/rules';
import { publicKeyOf, signEd25519, toBase64 } from '@qingpai/ledger/rules';
import { statusOf } from '@qingpai/platform';
import { eventTypes, type EventType, type Reason, reasons } from '@qingpai/wire';

/**
 * The prose of /asyncapi, in Markdown: all that a stranger must know beyond the shapes. What is a table here is
 * made from the code's own tables.
 */
export function howToConnect(): string {
  return [
    intro,
    signIn,
    connect,
    rawFrames,
    join,
    fold(),
    prices,
    bidding,
    signing(),
    receipts,
    host,
    reasonTable(),
  ].join('\n\n');
}

const intro = `
清拍 Qingpai is a live auction room. One **show** (专场) is a list of **lots** (拍品) and a **log**: a numbered list
of events. The room tells every event to everyone; whoever folds the events in order holds the state of the show.
Money is whole fen (1 yuan = 100 fen), time is milliseconds since 1970 UTC by the *server's* clock. Objects may
gain fields: ignore those you do not know. A payload you send must have no field that is not described here.

中文提要：用 HTTP 登录，用 socket.io（只用 websocket）连接，\`join\` 进入专场，按顺序合并 \`events\`，缺了就用
\`since\` 补，用 \`bid\` 出价；每条消息都有回执，拒绝时带固定的原因代码（见文末表）。`.trim();

const signIn = `
## 1. Sign in (HTTP, see /docs)

Watching needs no sign-in. To bid you must be a buyer. Any of these gives a session:
- \`POST /api/sign-in/code {phone}\`, then \`POST /api/sign-in/verify {phone, code, nickname}\`;
- \`POST /api/sign-in/slip {token, nickname}\` with the token of a printed slip (its QR is an address that ends in
  \`#slip=TOKEN\`); hosts and officers: \`POST /api/sign-in/link {token}\`, from \`#link=TOKEN\`;
- \`POST /api/shows/{id}/wait {nickname}\`: you may watch and are told by \`me\` when the host admits you.

A browser gets the cookie \`qp_session\`. Other clients send the header \`X-Session: bearer\` with the request, find
\`token\` in the body of the answer, and send \`Authorization: Bearer TOKEN\` from then on. All bodies are JSON
(\`Content-Type: application/json\`). Then \`POST /api/shows/{id}/join {nickname?}\` gives you a paddle number (号牌)
and a pseudonym, \`bidder\`, by which you appear in the log. Show ids come from \`GET /api/shows\`.`.trim();

const connect = `
## 2. Connect

socket.io 4, **websocket transport only** (\`transports: ['websocket']\`), default path \`/socket.io/\`, default
namespace \`/\`. The session travels in the handshake: a browser's cookie by itself; any other client gives
\`auth: {token: TOKEN}\`, or the header \`Authorization: Bearer TOKEN\`. A browser's \`Origin\` must be one of the
server's own, and without a session it may watch as a guest; a client without \`Origin\` must bring a token that is
good. A refused connection ends in \`connect_error\`, whose \`data\` is a refusal. Who signs in later opens a new socket.

Every message is a socket.io event with **one** object as its argument and an **acknowledgement**: the reply
described here is that acknowledgement. A message sent without one is not looked at. Malformed and unknown messages
are answered too, with \`{ok: false, reason, message}\`. A message above 16 KB ends the connection; a socket that
does not read what it is sent is cut.`.trim();

const rawFrames = `
### Without a socket.io library
Open \`ws://HOST/socket.io/?EIO=4&transport=websocket\`. All frames are text:

| frame | direction | meaning |
|---|---|---|
| \`0{"sid":…,"pingInterval":…,"pingTimeout":…}\` | ← | Engine.IO is open |
| \`40{"token":"TOKEN"}\` | → | enter the default namespace (\`40\` alone: with the handshake's cookie or header) |
| \`40{"sid":…}\` | ← | entered; now send messages |
| \`44{"message":…,"data":{…}}\` | ← | not let in; \`data\` is the refusal |
| \`2\` / \`3\` | ← / → | ping: answer each \`2\` with \`3\`, or the server ends the connection |
| \`427["bid",{…}]\` | → | the event \`bid\` with acknowledgement number 7 (any number of yours) |
| \`437[{…}]\` | ← | the answer to number 7 |
| \`42["events",{…}]\` | ← | the server tells; there is nothing to acknowledge |
| \`41\` | ← | the server ends this session |`.trim();

const join = `
## 3. Join, and stay without gaps

1. \`join {showId}\` answers \`{me, serverNowMs, watching, head, witness, snapshot}\`. \`snapshot.state\` is the folded state and
   \`snapshot.state.next\` the index of the next event: call it **next**.
2. Each frame \`events {from, to, events}\` covers the log's indexes \`from…to\`. Events that concern one bidder only
   (refused bids) are left out, so *count by the ranges, not by the events*:
   \`to < next\`: you have it already · \`from <= next\`: fold its events with \`i >= next\`, in order, then
   \`next = to + 1\` · \`from > next\`: a gap; send \`since {from: next}\`, fold \`since.events\` likewise, and while the
   answer says \`more: true\` ask again from \`since.to + 1\`. A frame with nothing in it has \`to = from - 1\`.
   In a rush (more than fifty events in one frame) \`leftOut\` names the leaves of bids that newer ones in the same frame
   have made past. Price, leader and the newest fifty bids are whole without them; add how many of them are \`>= next\`
   to that offering's \`bids\`, or fetch them by \`since\`.
3. After a reconnect: \`join {showId, from: next}\` answers \`since\` in place of the snapshot (or a snapshot, when it
   is too far to go). The same heals a lost frame. Reconnect yourself with growing pauses, at most 2 s.
4. \`time {}\` tells the server's clock: ask a few times, keep the answer with the shortest round trip, and count
   down with \`serverNowMs\`. **Only the server's event closes a lot**; at zero, wait for it, never refuse a bid.
5. \`bye {reason}\` before the server ends your session. \`GET /api/shows/{id}\` and
   \`GET /api/shows/{id}/events?from=\` give the same snapshot and events over HTTP.`.trim();

/** What each event does to the state. Exhaustive: a new event does not compile without its line. */
const effects: Record<EventType, string> = {
  'log.opened': 'index 0: the log exists; `demo` marks a show that is played, not held',
  'bidder.registered':
    '`bidders[bidder] = {paddle, kind, keys: [key], device}`; of a bidder you know: one more key in `keys`',
  'staff.registered': '`staff` gains `{person, office, key}`',
  'bidder.limited': 'that bidder has a limit per bid, or is banned',
  'lot.catalogued': '`lots[lot]` is described; its phase is `draft`',
  'lot.amended': 'the same lot described anew; the last description counts',
  'lot.struck': 'the lot leaves the draft; its phase is `struck`',
  'show.sealed': 'lots of that list: `draft` → `sealed`; the show is `sealed`',
  'show.approved': '`approvals` gains `{i, t, list, note, key}`: an officer compared the list with the floor',
  'show.opened': 'the show is `open`: lots can be offered',
  'clawback.taken':
    '`clawbacks.takenFen[payout]` grows, and `sales[sale].payout.backFen` where it names a sale of this show',
  'clawback.repaid': '`sales[sale].payout.backFen` grows: its grower gave back what he owed',
  'clawback.carried': 'the same, and `clawbacks.carriedFen` grows: it comes off in another show',
  'payout.made': '`sales[sale].payout = {...body, t}`: its grower was paid',
  'show.tookOver':
    '`coHosts` gains `by`; whatever was open was frozen just before, each lot by an event of its own',
  'proxy.placed':
    'of the lot: `proxies` gains `{bid, bidder, max, i}` in place of an earlier one of that bidder; they are gone when its offering ends',
  'proxy.withdrawn': 'of the lot: `proxies` loses that of `bidder`',
  'lot.offered':
    '`open` gains the lot at its end and `block` is the first of `open` (a live room has one lot open at most, a show whose rules say `timed` several rising ones), phase `onBlock`, `passedUnits = 0`; a new entry in `offerings` without price or leader, with `closesAt` (also `firstClosesAt`), or `clock` (run 0); nothing is `undoable` any more',
  'bid.accepted':
    'rising lot: `priceFen = amountFen`, `leader = bidder`, `leaderBid = i`, `floorMet`. Clock: the first take sets `heldFen = amountFen` and `restartsAt`; `lot.hammered` follows for each take. Both: `bids` + 1, and into `bidders` and `history`. With `auto` the platform made it for a maximum bid',
  'bid.refused': 'never in frames; counted by `i` all the same',
  'lot.extended':
    '`closesAt`; `extensions` + 1; `lastCall = false`. Cause `bid`: a bid in the last moments. Any other cause gives back lost time: `firstClosesAt` moves by as much',
  'lot.lastCall': '最后一次: `closesAt` is nearer; the only event that shortens',
  'lot.frozen': '`frozenAt = t`: the lot stands still and bids are refused as `frozen`',
  'lot.resumed':
    'all that lay ahead moves by `t - frozenAt`: `closesAt`, `firstClosesAt`, `clock.startsAt`, `clock.restartsAt`; `frozenAt = null`',
  'clock.restarted':
    'the clock runs from `startFen` at `startsAt`, `heldFen` and `restartsAt` are null. Cause `takes`: `run` + 1. Cause `floor`: the last step, `last = true`, same run',
  'clock.shifted':
    'nobody could be heard for `byMs` (stall: the server stood still; dark: it or its database was away): `clock.startsAt` and `clock.restartsAt`, where it is set, move by `byMs`. Same run: what was pressed before is not stale',
  'lot.hammered':
    '`sales[sale]` (phase `awaiting`), `undoable = sale`; `soldUnits` and `unitsLeft` by `units`; when none is left the lot is `hammered` and leaves `open` (`block` is then the next in it, or null)',
  'lot.setAside': 'phase `waiting`: it comes back (稍后返场); it leaves `open`',
  'lot.passed': 'its remaining units are unsold; it leaves `open`',
  'lot.withdrawn': 'its remaining units are withdrawn, for the reason given',
  'lot.carried':
    'its remaining units go to a later show; with `sale` those of a sale in default, after the close: `soldUnits` goes back, the sale is `followedBy: "carried"`',
  'offer.made':
    'of the lot: `offers` gains the body with `i` and `result: standing`; if `bidder` is you, answer with `answerOffer` before `expiresAt`',
  'offer.accepted': 'that offer is `accepted`; `lot.hammered` follows',
  'offer.declined': 'that offer is `declined`; the next person may be asked',
  'offer.lapsed': 'that offer is `lapsed`: not answered in time',
  'offers.ended': 'of the lot: `offersEnded = true`; the offer it names, if any, is `ended`',
  'sale.takenOver': 'a sale of the log before goes on in this one, after a restore',
  'sale.voided':
    'a hammer is undone: the sale is `voided`, `soldUnits` goes back, the lot is `waiting`, nothing is `undoable`. In a timed show each rising hammer since the last `lot.offered` can be undone, not `undoable` alone',
  'sale.offered':
    'after a default (顺位成交): `chances` gains the body with `i` and `result: standing`; if `bidder` is you, answer with `answerChance` before `expiresAt`',
  'sale.accepted':
    'that chance is `accepted`: `sales[sale]` (phase `awaiting`) has the units of the one it `replaces`, which is `followedBy` it and counts no more',
  'sale.declined': 'that chance is `declined`; the next person may be asked',
  'sale.lapsed': 'that chance is `lapsed`: not answered in time',
  'deposit.held':
    '保证金: `deposits[deposit]` `{bidder, amountFen, forfeitedFen: 0, releasedFen: 0, returnedFen: 0, i}`; while some of it is held its bidder may bid where `rules.deposit` asks for one (else `deposit-needed`)',
  'deposit.forfeited': 'right after a default: `forfeitedFen` grows; it belongs to the grower of that lot',
  'deposit.released': '`releasedFen` grows by all that was still held: it is to go back to its bidder',
  'deposit.returned': '`returnedFen` grows: it went back',
  'sale.paid': 'the sale is `paid`; freight that came with it stands in its `freightFen`',
  'sale.refunded':
    '`refundedFen` grows; when all was given back the sale is `refunded`; freight that went back with it stands in its `freightBackFen`; with `claim` that claim has `refunded = t`',
  'sale.defaulted': 'the sale is `defaulted`: not paid when the time was over',
  'pay.extended': '`payBys[bidder] = payBy`: until then nothing of this buyer is in default',
  'sale.packed': 'the sale: `goods.packed = t`',
  'sale.shipped': 'the sale: `goods.shipped = t`, with `courier` and `tracking`',
  'sale.received': 'the sale: `goods.received = t`, with its `cause`',
  'claim.filed': '`claims[claim]` is the body, with `filed = t`',
  'claim.proposed': 'the claim: the body, and `proposed = t`; a second person has to grant the same',
  'claim.granted':
    'the claim: the body, and `granted = t`; `sale.refunded` follows, and then `refunded` is its time',
  'claim.declined': 'the claim: the body, and `declined = t`',
  'claim.closed': 'the claim: the body, and `closed = t`',
  'recording.kept':
    'a finished piece of the recording: `recordings` grows by the body, with its `i`; it decides nothing',
  'show.closed': 'no more lots are offered',
  'show.settled': 'the last event of the log',
};

function fold(): string {
  return [
    '## 4. Fold',
    '',
    'An event is `{i, t, by, type, body}`: index, time, author, and what happened. Shapes: `event.*` under schemas;',
    '`lot.amended` has the shape of `event.lot.catalogued`.',
    '',
    '| type | what it changes |',
    '|---|---|',
    ...eventTypes.map((type) => `| \`${type}\` | ${effects[type].replaceAll('|', '\\|')} |`),
  ].join('\n');
}

const prices = `
## 5. What to bid

\`rules\` (in the state) are fixed when the show is sealed. With \`p\` the current price, the step is the lot's own
\`stepFen\`, else the \`stepFen\` of the first row of \`rules.increments\` with \`p < belowFen\`, else
\`rules.topStepFen\`. **Rising lot** (升价拍): the first bid may be \`startFen\` itself (one step when \`startFen\` is
0); after it the least bid is \`p + step\`, or the row's \`belowFen\` where that is less. Higher bids go on along the
same grid, step by step; more than \`rules.slipSteps\` steps above the least need \`confirmed: true\`.

**Falling clock** (降价拍): at time \`now\` (\`frozenAt\` while frozen) its price is \`heldFen\` when that is set,
\`startFen\` before \`startsAt\` and when \`last\`, else \`startFen - stepFen × floor((now - startsAt) / tickMs)\`,
never below one fen; the server ends it by an event. A take is a bid with the price you pressed, \`units\`, and the \`run\` you saw: it is sold at the clock's
price on arrival, never above the pressed one.`.trim();

const bidding = `
## 6. Bid

\`bid {bidId, lot, offering, amountFen, …}\`; the answer comes after the commit and is final.
- **\`bidId\` is yours to choose, once per bid.** The same id always gets the same verdict, so a lost answer is
  asked for again with the same id, here or by \`POST /api/shows/{id}/bids\` (same body, same answer). The same id
  with another body is \`id-reused\`. A resend with \`confirmed: true\` is a new bid with a new id.
- **\`nth\`** counts your logged bids in this show, from 1. \`me.nth\` and every answer tell which to use next; send
  it and a bid out of order is refused as \`wrong-nth\`; leave it out and the server counts. Keep one bid in flight.
- accepted: \`i\` is its place in the log, and it will appear in a frame. You lead if \`leader\` is your \`bidder\`.
- refused: \`reason\`, \`leastFen\` (what would be accepted now), \`beatenBy\` (the event that stands at or above).
- \`not-ready\`, \`too-busy\`, \`internal\` settle nothing: ask again with the same id after a second.
  \`slow-down\`: wait before the next bid.
- \`capFen\` of a lot: who reaches it has the lot at once (\`sale\` in the answer). \`buyNowFen\`: send exactly that with
  \`buyNow: true\` and the lot is yours, until a bid has reached it.

### Maximum bids

\`proxy {bidId, lot, maxFen, secret}\` (or \`POST /api/shows/{id}/proxies\`): the platform bids for you, one step above the
others, up to \`maxFen\`, which nobody else is told. Before the lot is called it is a pre-bid. A second one on the same lot
takes the place of the first; \`withdrawProxy {lot}\` takes it back while you do not lead. Bids made for you are
\`bid.accepted\` with \`auto: true\` and your \`bidder\`; \`me.proxies\` tells you your own. The price is the second-highest
maximum and one step, not above the highest; of equal ones the earlier wins, also against a bid by hand of that amount.

\`secret\` is 32 random bytes of yours. With m = steps of the increment grid from \`startFen\` of the lot up to \`maxFen\`,
the log holds \`max\` = SHA-256 applied m times to it; an automatic bid at step k carries \`reach\` = SHA-256 applied m − k
times, so that anybody can see by k hashes that your maximum reaches there. Signed like a bid, with \`type\`
\`"proxy.placed"\` and \`body {bid, bidder, lot, max, nth}\` (and \`seen\` if you send it); the withdrawal with
\`"proxy.withdrawn"\` and \`{bid, bidder, lot}\`.

### What is offered to you alone

At the end of a show whose sealed rules say so (\`rules.ladder.offers\`), what is left of a lot is offered to one person
after the other of those who bid on it or placed a maximum: \`lots[lot].interest\` in its order, each once, with
\`rules.ladder.offers.answerWithinMs\` to think. An offer to you is an entry of \`lots[lot].offers\` with your \`bidder\` and
\`result: "standing"\`. Answer \`answerOffer {offer, accept}\` (or \`POST /api/shows/{id}/offers/answer\`); the same answer
again gets the same answer, and an accepted one names its \`sale\`. \`offer-over\`: it was answered, lapsed or ended before.
Signed, if you have a key, with \`type\` \`"offer.accepted"\` or \`"offer.declined"\` and
\`body {bidder, lot, offer, unitPriceFen, units}\`.

After the close, what somebody did not pay for may come to you (顺位成交, \`rules.secondChance\`): an entry of \`chances\`
with your \`bidder\` and \`result: "standing"\`, at your own best bid. Answer \`answerChance {sale, accept}\` (or
\`POST /api/shows/{id}/chances/answer\`) in the same way; accepted, your time to pay begins. Signed with \`type\`
\`"sale.accepted"\` or \`"sale.declined"\` and \`body {bidder, lot, sale, unitPriceFen, units}\`.`.trim();

/** Worked with this very key, so that a stranger can compare. */
function signing(): string {
  const seed = new Uint8Array(32).fill(7);
  const show = 'market.example/shows/20261124-01';
  const bid = { bidId: '7d0c5a1e9f', lot: 'L21', offering: 1, amountFen: 5_800 };
  const message = bidMessage(signedBid(bid, 'HeXiaoHua-_00001', 4, false), show);
  return `
## 7. Sign your bids

A bid that you sign cannot be put into your mouth by anybody, the operator included. Make an Ed25519 key for this
show and register it: \`POST /api/shows/{id}/join {key}\`, 32 bytes in base64. **From then on each of your bids must
be signed** (\`sig\`, 64 bytes in base64) **and carry \`nth\`**; another device registers a key of its own. Who
registers no key bids unsigned, and the certificate counts such bids apart.

What you sign is the text \`qingpai/event/v1\`, a line feed, and the canonical JSON (RFC 8785: keys sorted, no
spaces, integers only) of \`{body, show, type}\`: \`show\` is \`state.origin\`, \`type\` is \`"bid"\`, and \`body\` holds
- \`bid\` (your bidId), \`bidder\` (\`me.bidder\`), \`lot\`, \`offering\`, \`amountFen\`, \`nth\`; \`confirmed\` and \`seen\` if you
  send them; on a rising lot \`buyNow\` if you send it;
- on a falling clock also \`run\` if you send it, and \`units\` if you send it and it is more than 1. On a rising lot
  neither.

Example: seed \`${'07'.repeat(32)}\`, key \`${toBase64(publicKeyOf(seed))}\`; message
\`\`\`
${new TextDecoder().decode(message)}
\`\`\`
\`sig\`: \`${toBase64(signEd25519(seed, message))}\`

Refusals: \`signature-missing\`, \`bad-signature\`, \`key-taken\`. Hosts, moderators and officers register by
\`POST /api/shows/{id}/staff {key}\`; then \`seal\`, \`withdraw\` and \`close\` need \`sig\` in the command's message, over
\`{body, show, type}\` of the leaf it makes (\`show.sealed\`: its body is \`GET /api/shows/{id}/seal\`;
\`lot.withdrawn {lot, reason, units}\`; \`show.closed {lots, soldUnits, …, hammerFen}\`, counted from the state).`.trim();
}

const receipts = `
## 8. Receipts

The answer to a bid that is in the log carries \`receipt {leaf, proof, consistency?}\`: \`leaf\` is the exact text that
was hashed (SHA-256 of a zero byte and the text), \`proof\` a c2sp.org/tlog-proof whose checkpoint the log's key signed.
Pin that key once: \`GET /api/shows/{id}/policy\`. Keep the newest head you have seen (\`join\` answers \`head\`, each proof
holds one) and name it in your bids, \`seen: [size, root]\`: \`consistency\` (RFC 6962) then shows that nothing before
it was changed, and the head you named stands in the log itself. \`unknown-head\` means that this log never had your
head: keep it, with the signed note; it is evidence. \`GET /api/shows/{id}/receipts/{i}?from={size}\` gives the
receipt of any event. \`witness\` tells how far independent witnesses have cosigned.`.trim();

const host = `
## 9. Host and moderators

\`command {commandId, command}\` carries \`hostCommand\`; the answer holds the events it made. Nobody hammers: the
server does, at \`closesAt\`. \`chat\` and \`moderate\` are answered \`{ok: true}\`; \`waiting\` tells how many buyers wait
to be admitted (\`GET /api/shows/{id}/waiting\`, \`POST /api/shows/{id}/admit\`).`.trim();

function reasonTable(): string {
  return [
    '## 10. Reasons',
    '',
    'Every refusal is `{ok: false, reason, message: {zh, en}, errors?}`, the same on sockets and, as',
    '`application/problem+json` with `code`, over HTTP (second column: its status there). Codes are stable.',
    '',
    '| reason | HTTP | 中文 | English |',
    '|---|---|---|---|',
    ...(Object.keys(reasons) as Reason[]).map(
      (code) => `| \`${code}\` | ${statusOf(code)} | ${reasons[code].zh} | ${reasons[code].en} |`,
    ),
  ].join('\n');
}
