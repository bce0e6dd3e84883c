import type * as z from 'zod';
import {
  type registrationView,
  type resultView,
  schoolContract,
} from '../../functions/http/school/contract.ts';
import { useApi } from '../shared/api.ts';
import { Heading } from '../shared/page.tsx';
import { formatDay, formatInstant, Loading, SummaryList } from '../shared/show.tsx';
import { NextStep } from './next-step.tsx';
import { useText } from './texts.ts';

type Registration = z.output<typeof registrationView>;

/** Where the next step is done; undefined where there is nothing for the school to do. */
function pageOf(code: string, registration: Registration): { path: string; label: string } | undefined {
  switch (code) {
    case 'placing':
      return {
        path: `/register/registrations/${registration.registrationId}`,
        label: 'go.correct',
      };
    case 'pay':
    case 'add-purchase-order':
      return { path: 'invoices', label: 'go.invoices' };
    case 'attend-session':
      return { path: 'training', label: 'go.sessions' };
    case 'send-action-plan':
      return { path: 'training', label: 'go.action-plan' };
    case 'complete-submission':
    case 'answer-comments':
    case 'request-sign-off':
      return { path: 'submission', label: 'go.submission' };
    case 'declare':
      return registration.myRoles.includes('head') ? { path: 'declaration', label: 'go.declare' } : undefined;
    default:
      return undefined;
  }
}

/** One registration: what is next first, then result, state, journey, and the way to everything else. */
export function RegistrationPage(props: { registrationId?: string }) {
  const t = useText();
  const registrationId = props.registrationId ?? '';
  const view = useApi(schoolContract.registration, { params: { registrationId } });
  const at = `/school/registrations/${registrationId}`;
  return (
    <Loading of={view}>
      {(data) => {
        const to = pageOf(data.next.code, data);
        return (
          <>
            <Heading caption={`${data.roundLabel} · ${data.reference}`}>{data.schoolName}</Heading>
            <NextStep next={data.next} level="h2">
              {to !== undefined && (
                <a class="govuk-button" href={to.path.startsWith('/') ? to.path : `${at}/${to.path}`}>
                  {t(to.label)}
                </a>
              )}
            </NextStep>
            {data.result !== null && <Result registrationId={registrationId} result={data.result} />}
            <h2 class="govuk-heading-m">{t('overview.parts')}</h2>
            <ul class="govuk-list govuk-list--spaced">
              {partsOf(data).map((part) => (
                <li key={part.path}>
                  <a class="govuk-link" href={`${at}/${part.path}`}>
                    {t(`overview.${part.path}`)}
                  </a>
                  {part.text !== undefined && (
                    <>
                      <br />
                      {t(part.text.key, part.text.values)}
                    </>
                  )}
                </li>
              ))}
            </ul>
            <h2 class="govuk-heading-m">{t('overview.facts')}</h2>
            <SummaryList
              rows={[
                { key: t('overview.status'), value: data.statusText },
                ...(data.training === null
                  ? []
                  : [
                      {
                        key: t('overview.level'),
                        value: `${t(`level.${data.training.level.target}`)} (${t(
                          data.training.level.confirmed ? 'overview.confirmed' : 'overview.unconfirmed',
                        )})`,
                      },
                    ]),
                { key: t('overview.hub'), value: data.hub?.name ?? t('overview.no-hub') },
                ...(data.hub?.leaders ?? []).map((leader) => ({
                  key: t('overview.hub-leader'),
                  value: (
                    <>
                      {leader.name},{' '}
                      <a class="govuk-link" href={`mailto:${leader.email}`}>
                        {leader.email}
                      </a>
                    </>
                  ),
                })),
              ]}
            />
            <h2 class="govuk-heading-m">{t('overview.journey')}</h2>
            <ol class="govuk-list psqm-timeline">
              {data.timeline.map((step) => (
                <li key={`${step.at}${step.code}`}>
                  <span class="govuk-hint">{formatInstant(step.at)}</span>
                  {step.text}
                </li>
              ))}
            </ol>
          </>
        );
      }}
    </Loading>
  );
}

interface Part {
  readonly path: string;
  readonly text?: { readonly key: string; readonly values?: Record<string, string | number> };
}

function partsOf(data: Registration): Part[] {
  const { submission } = data;
  const isOver = (status: string): boolean => ['DECLARED', 'FROZEN', 'MISSED'].includes(status);
  return [
    ...(submission === null
      ? []
      : [
          {
            path: 'submission',
            text:
              submission.status === 'NOT_OPEN'
                ? { key: 'overview.opens', values: { opens: formatDay(submission.opens) } }
                : isOver(submission.status)
                  ? { key: `submission.status.${submission.status}` }
                  : {
                      key: 'overview.due',
                      values: { due: formatInstant(submission.submissionDue), missing: submission.missing },
                    },
          },
        ]),
    ...(data.training === null ? [] : [{ path: 'training' }]),
    { path: 'people' },
    { path: 'invoices' },
    ...(data.can.withdraw ? [{ path: 'withdraw' }] : []),
  ];
}

function Result(props: { registrationId: string; result: z.output<typeof resultView> }) {
  const t = useText();
  const { certificate, feedback, level, outcome, releasedAt } = props.result;
  return (
    <section class={`psqm-result${level === null ? '' : ' psqm-result--good'}`} id="result">
      <h2 class="govuk-heading-m">{t('result.title')}</h2>
      <p class="govuk-body-l">
        {t(`result.${outcome}`, { level: level === null ? '' : t(`level.${level}`) })}
      </p>
      <p class="govuk-hint">{t('result.released', { on: formatDay(releasedAt) })}</p>
      {outcome !== 'AWARDED' && (
        <p class="govuk-body">
          <a class="govuk-link" href={`/school/registrations/${props.registrationId}/appeal`}>
            {t('appeal.link')}
          </a>
        </p>
      )}
      {certificate !== null && (
        <>
          <p class="govuk-body">
            {t('result.certificate', {
              number: certificate.number,
              until: formatDay(certificate.validUntil),
            })}
          </p>
          {certificate.fileUrl !== null && (
            <a class="govuk-button" href={certificate.fileUrl}>
              {t('result.download')}
            </a>
          )}
          <p class="govuk-body">
            <a class="govuk-link" href={certificate.verificationUrl}>
              {t('result.verify')}
            </a>
          </p>
        </>
      )}
      <h3 class="govuk-heading-s">{t('result.feedback')}</h3>
      {feedback.length === 0 && <p class="govuk-body">{t('result.no-feedback')}</p>}
      {feedback.map((part) => (
        <div key={part.criterionId ?? part.title}>
          <h4 class="govuk-heading-s">{part.title}</h4>
          <p class="govuk-body psqm-prose">{part.text}</p>
        </div>
      ))}
    </section>
  );
}
