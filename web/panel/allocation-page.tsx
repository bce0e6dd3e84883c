import { useState } from 'preact/hooks';
import { panelContract } from '../../functions/http/panel/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import type { Translate } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { ReasonForm } from '../shared/reason-form.tsx';
import { useMe } from '../shared/session.ts';
import { Details, formatDay, formatInstant, Loading, Notice, Table, Tag } from '../shared/show.tsx';
import { useText } from './texts.ts';

type Allocation = RouteResponse<typeof panelContract.readAllocation>;
type Attempt = Allocation['attempts'][number];
type Assignment = Allocation['assignments'][number];
type Act = (run: () => Promise<unknown>, message: string) => Promise<void>;

/** What the solver may leave between objective and bound by rounding alone. */
const ROUNDING = 1e-6;

/** Who reads what in the round and why, what nobody could be given, and how each solve came to it. */
export function AllocationPage(props: { roundId?: string }) {
  const t = useText();
  const roundId = props.roundId ?? '';
  const allocation = useApi(panelContract.readAllocation, { params: { roundId } });
  const admin = useMe()?.identity?.roles.includes('admin') === true;
  const [told, setTold] = useState<string | undefined>(undefined);
  const act: Act = async (run, message) => {
    await run();
    await allocation.reload();
    setTold(message);
  };
  return (
    <>
      <a class="govuk-back-link" href={`/panel/rounds/${roundId}`}>
        {t('case.back')}
      </a>
      {told !== undefined && <Notice success>{told}</Notice>}
      <Heading>{t('allocation.title')}</Heading>
      <Loading of={allocation}>
        {(data) => (
          <>
            <Unplaced data={data} />
            {admin && (
              <Details summary={t('allocation.again')}>
                <ReasonForm
                  name="allocate"
                  label={t('allocation.again')}
                  button={t('allocation.again')}
                  run={(reason) =>
                    act(
                      () => call(panelContract.requestAllocation, { params: { roundId }, body: { reason } }),
                      t('allocation.requested'),
                    )
                  }
                />
              </Details>
            )}
            <Assignments data={data} act={admin ? act : undefined} />
            <h2 class="govuk-heading-m">{t('allocation.solves')}</h2>
            {data.attempts.length === 0 && <p class="govuk-body">{t('allocation.no-solve')}</p>}
            {data.attempts.map((attempt) => (
              <Solve key={`${attempt.attempt}.${attempt.pass}`} attempt={attempt} people={data.people} />
            ))}
          </>
        )}
      </Loading>
    </>
  );
}

function Unplaced({ data }: { data: Allocation }) {
  const t = useText();
  return (
    <Table
      caption={t('allocation.unplaced')}
      head={[t('outcomes.school'), t('allocation.why')]}
      empty={t('allocation.all-placed')}
      rows={data.unplaced.map((one) => [
        `${one.school.name} (${one.reference})`,
        <>
          {t(`unplaced.${one.code}`)} <Barred barred={one.barred} />
        </>,
      ])}
    />
  );
}

function Assignments({ data, act }: { data: Allocation; act: Act | undefined }) {
  const t = useText();
  return (
    <Table
      caption={t('allocation.assignments')}
      head={[t('outcomes.school'), t('allocation.assessor'), t('allocation.state'), t('allocation.why')]}
      empty={t('allocation.nobody')}
      rows={data.assignments.map((one) => [
        one.school === null ? one.registrationId : `${one.school.name} (${one.reference})`,
        one.assessor.name,
        <>
          {t(`assignment.${one.status}`)}
          {one.late && (
            <>
              {' '}
              <Tag colour="red">{t('allocation.late')}</Tag>
            </>
          )}
          {one.dueOn !== null && (
            <>
              <br />
              {t('allocation.due', { when: formatDay(one.dueOn) })}
            </>
          )}
          {one.endReason !== null && (
            <>
              <br />
              {one.endReason}
            </>
          )}
        </>,
        <>
          <Explanation of={one} />
          {act !== undefined && takeable.has(one.status) && (
            <Details summary={takeWords(t, one)}>
              <ReasonForm
                warning
                name={`take.${one.assignmentId}`}
                label={takeWords(t, one)}
                button={takeWords(t, one)}
                run={(reason) =>
                  act(
                    () =>
                      call(panelContract.reassign, {
                        params: { assignmentId: one.assignmentId },
                        body: { reason },
                      }),
                    t('allocation.taken', { assessor: one.assessor.name }),
                  )
                }
              />
            </Details>
          )}
        </>,
      ])}
    />
  );
}

/** Names the school too: one assessor may hold several. */
const takeWords = (t: Translate, one: Assignment): string =>
  t('allocation.take', { assessor: one.assessor.name, school: one.school?.name ?? one.reference ?? '' });

const takeable: ReadonlySet<Assignment['status']> = new Set(['OFFERED', 'ACCEPTED', 'IN_REVIEW']);

function Explanation({ of: { explanation } }: { of: Assignment }) {
  const t = useText();
  return (
    <>
      {t('allocation.explained', {
        eligible: explanation.eligible,
        load: explanation.load,
        maximum: explanation.maximumLoad,
        hub: explanation.sameHub,
      })}
      {explanation.previousAssessor && ` ${t('allocation.previous')}`} <Barred barred={explanation.barred} />
    </>
  );
}

function Barred({ barred }: { barred: Assignment['explanation']['barred'] }) {
  const t = useText();
  const rules = Object.entries(barred);
  return rules.length === 0
    ? null
    : t('allocation.barred', {
        rules: rules.map(([rule, count]) => `${t(`bar.${rule}`)} (${count})`).join(', '),
      });
}

function Solve({ attempt, people }: { attempt: Attempt; people: Allocation['people'] }) {
  const t = useText();
  const { shortage, stages } = attempt;
  const change = shortage?.change ?? null;
  const numbers = { attempt: attempt.attempt, pass: attempt.pass, when: formatInstant(attempt.at) };
  return (
    <Details summary={t('allocation.solve', numbers)}>
      <p class="govuk-body">
        {t('allocation.size', {
          placed: attempt.placed,
          submissions: attempt.submissions,
          assessors: attempt.assessors,
          seconds: attempt.seconds,
        })}
      </p>
      <Table
        caption={t('allocation.stages', numbers)}
        head={[
          t('allocation.stage'),
          t('allocation.objective'),
          t('allocation.bound'),
          t('allocation.proof'),
        ]}
        numeric={[1, 2]}
        rows={stages.map(({ name, objective, bound }) => {
          const gap = Math.abs(objective - bound);
          return [
            t(`solve-stage.${name}`),
            objective,
            bound,
            gap <= ROUNDING * Math.max(1, Math.abs(objective))
              ? t('allocation.proven')
              : t('allocation.gap', { gap: Number(gap.toFixed(3)) }),
          ];
        })}
      />
      {shortage?.shortages.map((one) => (
        <p class="govuk-body" key={one.submissions.join()}>
          {t('allocation.shortage', {
            submissions: one.submissions.length,
            room: one.room,
            unplaced: one.unplaced,
            assessors: one.assessors.map((id) => nameOf(people, id)).join(', '),
          })}
        </p>
      ))}
      {change !== null && (
        <p class="govuk-inset-text">
          {t(`change.${change.kind}`, {
            assessor: nameOf(people, change.assessor),
            what: change.kind === 'CAPACITY' ? change.by : change.value,
            places: change.places,
          })}
        </p>
      )}
    </Details>
  );
}

const nameOf = (people: Allocation['people'], id: string): string =>
  people.find(({ personId }) => personId === id)?.name ?? id;
