import { SummaryList } from '../shared/show.tsx';
import type { FieldName } from './answers.ts';
import { useRound } from './round.ts';
import { isSkipped, type Step, steps } from './steps.ts';
import { useAnswers } from './store.ts';
import { useText } from './texts.ts';

/** Every answer, step by step, each with the way to change it. */
export function AnswerSummary() {
  const t = useText();
  const { answers, get } = useAnswers();
  const { hubs, funders } = useRound();
  const word = (group: string, name: FieldName): string =>
    get(name) === '' ? '' : t(`${group}.${get(name)}`);
  const joined = (...names: FieldName[]): string =>
    names
      .map((name) => get(name).trim())
      .filter((value) => value !== '')
      .join(', ');
  const yesNo = (name: FieldName): string => t(get(name) === 'yes' ? 'check.yes' : 'check.no');
  const rowsOf = (step: Step): { key: string; value: string }[] => {
    switch (step) {
      case 'school':
        return [{ key: t('check.school'), value: joined('school.name', 'school.country') }];
      case 'address':
        return [
          {
            key: t('check.address'),
            value: joined('address.lines.0', 'address.lines.1', 'address.town', 'address.postcode'),
          },
        ];
      case 'phase':
        return [
          { key: t('check.phase'), value: word('phases', 'phase') },
          {
            key: t('check.ages'),
            value:
              get('ageFrom') === '' || get('ageTo') === ''
                ? ''
                : t('check.ages-value', { from: get('ageFrom'), to: get('ageTo') }),
          },
        ];
      case 'figures':
        return [
          { key: t('figures.pupils'), value: get('pupilsOnRoll') },
          { key: t('figures.teachers'), value: get('teachers') },
          {
            key: t('figures.fsm'),
            value: get('fsmUnknown') === 'yes' ? t('figures.fsm-unknown') : get('fsmPercent'),
          },
          { key: t('figures.local-authority'), value: get('localAuthority') },
          { key: t('figures.trust'), value: get('trust') },
        ];
      case 'you':
        return [{ key: t('check.you'), value: joined('registrant.name', 'registrant.email') }];
      case 'head':
        return [{ key: t('check.head'), value: joined('head.name', 'head.email') }];
      case 'leaders':
        return [
          { key: t('check.leader'), value: joined('subjectLeaders.0.name', 'subjectLeaders.0.email') },
          ...(get('secondLeader') === 'yes'
            ? [
                {
                  key: t('check.second-leader'),
                  value: joined('subjectLeaders.1.name', 'subjectLeaders.1.email'),
                },
              ]
            : []),
        ];
      case 'level':
        return [
          { key: t('check.level'), value: word('levels', 'targetLevel') },
          { key: t('check.accreditation'), value: word('accreditation', 'accreditation') },
        ];
      case 'hub':
        return [
          {
            key: t('check.hub'),
            value: hubs.find((hub) => hub.hubId === get('hubPreference'))?.name ?? t('hub.none'),
          },
        ];
      case 'payer':
        return [
          {
            key: t('check.payer'),
            value: [
              word('payers', 'payer.kind'),
              get('payer.kind') === 'FUNDER'
                ? (funders.find((funder) => funder.funderId === get('payer.funderId'))?.name ?? '')
                : get('payer.kind') === 'SCHOOL'
                  ? ''
                  : joined('payer.name', 'payer.email'),
            ]
              .filter((part) => part !== '')
              .join(': '),
          },
          { key: t('payer.finance'), value: joined('finance.name', 'finance.email') },
          ...(get('payer.kind') === 'FUNDER'
            ? []
            : [
                {
                  key: t('check.order'),
                  value:
                    get('purchaseOrder.kind') === 'NUMBER'
                      ? get('purchaseOrder.number')
                      : word('order-state', 'purchaseOrder.kind'),
                },
              ]),
        ];
      case 'agree':
        return [
          { key: t('agree.language'), value: word('languages', 'language') },
          { key: t('agree.consents.terms.label'), value: yesNo('consents.terms') },
          { key: t('agree.consents.dataProtection.label'), value: yesNo('consents.dataProtection') },
          { key: t('agree.consents.publicity.label'), value: yesNo('consents.publicity') },
        ];
    }
  };
  return (
    <SummaryList
      rows={steps.flatMap((step) =>
        rowsOf(step).map((row, index) => ({
          key: row.key,
          value: row.value === '' ? t('check.nothing') : row.value,
          // One way to change each step, at its first row; the school itself stays once it is registered.
          action:
            index > 0 || (step === 'school' && isSkipped(step, answers)) ? (
              ''
            ) : (
              <a class="govuk-link" href={`/register/${step}?from=check`}>
                {t('check.change')}
                <span class="govuk-visually-hidden"> {row.key}</span>
              </a>
            ),
        })),
      )}
    />
  );
}
