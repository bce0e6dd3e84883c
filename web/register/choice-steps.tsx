import { Choices, Select } from '../shared/forms.tsx';
import { useMe } from '../shared/session.ts';
import { FeeHint } from './about-steps.tsx';
import { useRound } from './round.ts';
import { AnswerInput, PersonFields, StepPage } from './step-page.tsx';
import { answer, useAnswers } from './store.ts';
import { useText } from './texts.ts';

/** Target level with what each means and costs; first time or again. */
export function LevelStep() {
  const t = useText();
  const { get } = useAnswers();
  const { levels } = useRound();
  return (
    <StepPage step="level">
      {(errors) => (
        <>
          {get('register.awards') !== '' && <p class="govuk-inset-text">{get('register.awards')}</p>}
          <Choices
            name="targetLevel"
            label={t('level.label')}
            hint={t('level.hint')}
            value={[get('targetLevel')]}
            onChange={([value]) => answer({ targetLevel: value ?? '' })}
            options={levels.map((value) => ({
              value,
              label: t(`levels.${value}`),
              hint: t(`level.means.${value}`),
            }))}
            error={errors.targetLevel}
          />
          <FeeHint />
          <Choices
            name="accreditation"
            label={t('level.accreditation')}
            value={[get('accreditation')]}
            onChange={([value]) => answer({ accreditation: value ?? '' })}
            options={[
              { value: 'FIRST', label: t('accreditation.FIRST') },
              {
                value: 'REACCREDITATION',
                label: t('accreditation.REACCREDITATION'),
                hint: t('level.reaccreditation-hint'),
              },
            ]}
            error={errors.accreditation}
          />
        </>
      )}
    </StepPage>
  );
}

/** Which hub the school would like; a hub leader who registers for a school may say which of theirs. */
export function HubStep() {
  const t = useText();
  const { get } = useAnswers();
  const { hubs } = useRound();
  const me = useMe();
  const sorted = [...hubs].sort((a, b) => `${a.region} ${a.name}`.localeCompare(`${b.region} ${b.name}`));
  const mine = hubs.filter((hub) => me?.identity?.hubIds.includes(hub.hubId));
  const leads = get('registeredByHub') !== '' && mine.length > 1;
  return (
    <StepPage step="hub">
      {(errors) => (
        <>
          <p class="govuk-body">{t('hub.lead')}</p>
          {leads && (
            <Select
              name="registeredByHub"
              label={t('hub.registered-by')}
              value={get('registeredByHub')}
              onChange={(value) => answer({ registeredByHub: value })}
              options={mine.map((hub) => ({ value: hub.hubId, label: hub.name }))}
              error={errors.registeredByHub}
            />
          )}
          <Select
            name="hubPreference"
            label={t('hub.label')}
            hint={t('hub.hint')}
            value={get('hubPreference')}
            onChange={(value) => answer({ hubPreference: value })}
            options={[
              { value: '', label: t('hub.none') },
              ...sorted.map((hub) => ({
                value: hub.hubId,
                label: [
                  `${hub.region}: ${hub.name}`,
                  ...(hub.languages.includes('cy') ? [t('hub.welsh')] : []),
                  ...(hub.hasRoom ? [] : [t('hub.full')]),
                ].join(', '),
              })),
            ]}
            error={errors.hubPreference}
          />
        </>
      )}
    </StepPage>
  );
}

const payers = ['SCHOOL', 'TRUST', 'LOCAL_AUTHORITY', 'FUNDER'] as const;

/** Who deals with invoices, who pays, and whether there is a purchase order. */
export function PayerStep() {
  const t = useText();
  const { get } = useAnswers();
  const { funders } = useRound();
  const kind = get('payer.kind');
  return (
    <StepPage step="payer">
      {(errors) => (
        <>
          <Choices
            name="payer.kind"
            label={t('payer.label')}
            value={[kind]}
            onChange={([value]) => answer({ 'payer.kind': value ?? '' })}
            options={payers
              .filter((value) => value !== 'FUNDER' || funders.length > 0)
              .map((value) => ({ value, label: t(`payers.${value}`), hint: t(`payer.hints.${value}`) }))}
            error={errors['payer.kind']}
          />
          {(kind === 'TRUST' || kind === 'LOCAL_AUTHORITY') && (
            <fieldset class="govuk-fieldset">
              <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{t('payer.where-to')}</legend>
              <AnswerInput name="payer.name" label={t('payer.name')} errors={errors} />
              <AnswerInput name="payer.email" type="email" label={t('payer.email')} errors={errors} />
              <AnswerInput name="payer.addressLines.0" label={t('payer.address1')} errors={errors} />
              <AnswerInput name="payer.addressLines.1" label={t('payer.address2')} errors={errors} />
              <AnswerInput name="payer.addressLines.2" label={t('payer.address3')} errors={errors} />
            </fieldset>
          )}
          {kind === 'FUNDER' && (
            <Choices
              name="payer.funderId"
              label={t('payer.funder')}
              hint={t('payer.funder-hint')}
              value={[get('payer.funderId')]}
              onChange={([value]) => answer({ 'payer.funderId': value ?? '' })}
              options={funders.map((funder) => ({
                value: funder.funderId,
                label: funder.hasPlaces ? funder.name : t('payer.no-places', { name: funder.name }),
              }))}
              error={errors['payer.funderId']}
            />
          )}
          <fieldset class="govuk-fieldset">
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{t('payer.finance')}</legend>
            <PersonFields name="finance.name" email="finance.email" errors={errors} />
          </fieldset>
          {kind !== 'FUNDER' && (
            <Choices
              name="purchaseOrder.kind"
              label={t('payer.order')}
              hint={t('payer.order-hint')}
              value={[get('purchaseOrder.kind')]}
              onChange={([value]) => answer({ 'purchaseOrder.kind': value ?? '' })}
              options={(['NUMBER', 'LATER', 'NONE'] as const).map((value) => ({
                value,
                label: t(`orders.${value}`),
              }))}
              error={errors['purchaseOrder.kind']}
            />
          )}
          {kind !== 'FUNDER' && get('purchaseOrder.kind') === 'NUMBER' && (
            <AnswerInput
              name="purchaseOrder.number"
              label={t('payer.order-number')}
              errors={errors}
              width={20}
            />
          )}
        </>
      )}
    </StepPage>
  );
}

/** The language in which the programme writes to the school, and the consents. */
export function AgreeStep() {
  const t = useText();
  const { get } = useAnswers();
  const consents = ['consents.terms', 'consents.dataProtection', 'consents.publicity'] as const;
  return (
    <StepPage step="agree">
      {(errors) => (
        <>
          <Choices
            name="language"
            label={t('agree.language')}
            inline
            value={[get('language')]}
            onChange={([value]) => answer({ language: value ?? '' })}
            options={[
              { value: 'en', label: t('languages.en') },
              { value: 'cy', label: t('languages.cy') },
            ]}
            error={errors.language}
          />
          {consents.map((name) => (
            <Choices
              key={name}
              name={name}
              multiple
              label={t(`agree.${name}.label`)}
              value={get(name) === 'yes' ? ['yes'] : []}
              onChange={(value) => answer({ [name]: value.length > 0 ? 'yes' : '' })}
              options={[{ value: 'yes', label: t(`agree.${name}.yes`) }]}
              error={errors[name]}
            />
          ))}
        </>
      )}
    </StepPage>
  );
}
