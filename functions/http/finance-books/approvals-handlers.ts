import { useId } from '../../payments/allocate.ts';
import type { Refund, WriteOff } from '../../payments/approval-model.ts';
import { dueRefunds, openApprovals } from '../../payments/approvals.ts';
import { enterOther, readOtherEntry } from '../../payments/other-entries.ts';
import { otherSources } from '../../payments/other-model.ts';
import { decideRefund, payRefund, requestRefund } from '../../payments/refunds.ts';
import { Names } from '../../payments/views.ts';
import { decideWriteOff, requestWriteOff } from '../../payments/write-offs.ts';
import type { Identity } from '../../shared/access/identity.ts';
import type { Implementation } from '../../shared/http/audience-handler.ts';
import { inParallel } from '../../shared/runtime/in-parallel.ts';
import type { Actor } from '../../shared/table/change.ts';
import type { approvalsRoutes } from './approvals-routes.ts';

const LANES = 8;
const actorOf = (identity: Identity): Actor => ({ kind: 'person', id: identity.personId });

/** A request with the names of people, and whether the reader asked for it. */
async function present<T extends Refund | WriteOff>(of: T, reader: Identity, names: Names) {
  return {
    ...of,
    requestedBy: await names.of(of.requestedBy),
    decided: of.decided === null ? null : { ...of.decided, by: await names.of(of.decided.by) },
    mine: of.requestedBy === reader.personId,
  };
}

/** What the finance API does about refunds, write-offs and money that is no fee. */
export const approvalsHandlers: Implementation<typeof approvalsRoutes> = {
  async listApprovals(_input, { identity }) {
    const names = new Names();
    const [open, due] = await Promise.all([openApprovals(), dueRefunds()]);
    return {
      refunds: await inParallel(open.refunds, LANES, (one) => present(one, identity, names)),
      writeOffs: await inParallel(open.writeOffs, LANES, (one) => present(one, identity, names)),
      due: await inParallel(due, LANES, (one) => present(one, identity, names)),
    };
  },
  async requestRefund({ params, body }, { now, identity }) {
    const refundId = useId(`${params.registrationId}/${params.creditId}`, body.requestId, 0);
    const { pence, destination, reason } = body;
    const decision = { actor: actorOf(identity), reason };
    const made = await requestRefund(params, { refundId, pence, destination }, decision, now);
    return present(made, identity, new Names());
  },
  async decideRefund({ params, body }, { now, identity }) {
    const verdict = { ...body, actor: actorOf(identity) };
    const decided = await decideRefund(params.registrationId, params.refundId, verdict, now);
    return present(decided, identity, new Names());
  },
  async payRefund({ params, body }, { now, identity }) {
    const { registrationId, refundId, requestId, reason } = body;
    const decision = { actor: actorOf(identity), reason };
    const paymentId = useId(params.lineId, requestId, 0);
    const paid = await payRefund(registrationId, refundId, params.lineId, paymentId, decision, now);
    return present(paid, identity, new Names());
  },
  async requestWriteOff({ params, body }, { now, identity }) {
    const writeOffId = useId(params.invoiceNumber, body.requestId, 0);
    const decision = { actor: actorOf(identity), reason: body.reason };
    const asked = { writeOffId, pence: body.pence };
    return present(await requestWriteOff(params.invoiceNumber, asked, decision, now), identity, new Names());
  },
  async decideWriteOff({ params, body }, { now, identity }) {
    const verdict = { ...body, actor: actorOf(identity) };
    const decided = await decideWriteOff(params.registrationId, params.writeOffId, verdict, now);
    return present(decided, identity, new Names());
  },
  async enterOther({ params, body }, { now, identity }) {
    const entryId = useId(params.lineId, body.requestId, 0);
    const { source, pence, reason } = body;
    await enterOther(params.lineId, { entryId, source, pence }, { actor: actorOf(identity), reason }, now);
    return readOtherEntry(params.lineId, entryId);
  },
  async listSources(_input, { language }) {
    const named = (of: typeof otherSources.income) =>
      of.map(({ id, name }) => ({ id, name: name[language] }));
    return { income: named(otherSources.income), costs: named(otherSources.costs) };
  },
};
