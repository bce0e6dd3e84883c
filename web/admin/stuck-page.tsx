import { useState } from 'preact/hooks';
import { adminCourseContract } from '../../functions/http/admin/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Heading } from '../shared/page.tsx';
import { ReasonForm } from '../shared/reason-form.tsx';
import { Details, formatInstant, Loading, Notice, SummaryList, Tag } from '../shared/show.tsx';
import { type Audience, useAudience } from './audience.ts';
import { runAddress } from './runs-page.tsx';
import { useText } from './texts.ts';

type Stuck = RouteResponse<Audience['reads']['listStuck']>['stuck'][number];

/** Runs that failed, ran out of time, were stopped or need a person, until somebody restarts or resolves them. */
export function StuckPage() {
  const t = useText();
  const { reads } = useAudience();
  const stuck = useApi(reads.listStuck);
  const [told, setTold] = useState<string | undefined>(undefined);
  const done = async (message: string): Promise<void> => {
    await stuck.reload();
    setTold(message);
  };
  return (
    <>
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <Heading>{t('stuck.title')}</Heading>
      <p class="govuk-body">{t('stuck.lead')}</p>
      <Loading of={stuck}>
        {(data) =>
          data.stuck.length === 0 ? (
            <p class="govuk-body">{t('stuck.none')}</p>
          ) : (
            data.stuck.map((one) => (
              <StuckPart key={`${one.collection}${one.stuckId}`} stuck={one} done={done} />
            ))
          )
        }
      </Loading>
    </>
  );
}

function StuckPart({ stuck, done }: { stuck: Stuck; done: (message: string) => Promise<void> }) {
  const t = useText();
  const { base, mayAct } = useAudience();
  const { collection, stuckId, workflow } = stuck;
  const what = { workflow: t(`workflow.${workflow}`), subject: stuck.subject };
  const restart = async (reason: string): Promise<void> => {
    const { attempt } = await call(adminCourseContract.restartStage, {
      body: { collection, workflow, reason },
    });
    await done(t('stuck.restarted', { ...what, attempt }));
  };
  const resolve = async (reason: string): Promise<void> => {
    await call(adminCourseContract.resolveStuck, { body: { collection, stuckId, reason } });
    await done(t('stuck.resolved', what));
  };
  return (
    <section class="psqm-result psqm-result--bad" aria-label={stuck.subject}>
      <h2 class="govuk-heading-m">
        {stuck.registrationId === null ? (
          stuck.subject
        ) : (
          <a class="govuk-link" href={`${base}/schools/${stuck.registrationId}`}>
            {stuck.subject}
          </a>
        )}
      </h2>
      <SummaryList
        rows={[
          { key: t('stuck.stage'), value: what.workflow },
          {
            key: t('stuck.what'),
            value: (
              <>
                <Tag colour="red">{t(`run-status.${stuck.status}`)}</Tag> {formatInstant(stuck.at)}
              </>
            ),
          },
          {
            key: t('stuck.why'),
            value: (
              <span lang="en" class="psqm-wrap">
                {stuck.error}
                {stuck.cause === '' ? '' : `: ${stuck.cause}`}
              </span>
            ),
          },
          {
            key: t('stuck.run'),
            value: (
              <a class="govuk-link" href={runAddress(base, stuck.executionArn)}>
                {t('stuck.see-run')}
              </a>
            ),
          },
        ]}
      />
      {mayAct && stuck.status === 'GIVEN_UP' && (
        <p class="govuk-body">
          <a class="govuk-link" href={`${base}/placements`}>
            {t('stuck.place')}
          </a>
        </p>
      )}
      {mayAct && (
        <>
          <Details summary={t('stuck.restart')}>
            <p class="govuk-body">{t('stuck.restart-hint')}</p>
            <ReasonForm
              name={`restart.${stuckId}`}
              label={t('stuck.restart-of', what)}
              button={t('stuck.restart-of', what)}
              run={restart}
            />
          </Details>
          <Details summary={t('stuck.resolve')}>
            <p class="govuk-body">{t('stuck.resolve-hint')}</p>
            <ReasonForm
              name={`resolve.${stuckId}`}
              label={t('stuck.resolve-of', what)}
              button={t('stuck.resolve-of', what)}
              run={resolve}
            />
          </Details>
        </>
      )}
    </section>
  );
}
