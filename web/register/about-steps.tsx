import { phases } from '../../functions/registration/form.ts';
import { Choices, type FieldErrors } from '../shared/forms.tsx';
import { formatPence } from '../shared/show.tsx';
import { parseWhole } from './answers.ts';
import { useRound } from './round.ts';
import { AnswerInput, StepPage } from './step-page.tsx';
import { agesOf, phaseToConfirm } from './steps.ts';
import { answer, useAnswers } from './store.ts';
import { useText } from './texts.ts';

/** The school's address; name and country too where it is not in the register. */
export function AddressStep() {
  const t = useText();
  const { get } = useAnswers();
  const byHand = get('school.kind') === 'BY_HAND';
  return (
    <StepPage step="address">
      {(errors) => (
        <>
          {byHand ? (
            <>
              <AnswerInput
                name="school.name"
                label={t('address.name')}
                errors={errors}
                autoComplete="organization"
              />
              <AnswerInput
                name="school.country"
                label={t('address.country')}
                hint={t('address.country-hint')}
                errors={errors}
                width={20}
              />
            </>
          ) : (
            <p class="govuk-body">{t('address.of', { name: get('school.name') })}</p>
          )}
          <AnswerInput
            name="address.lines.0"
            label={t('address.line1')}
            hint={t('address.line1-hint')}
            errors={errors}
          />
          <AnswerInput name="address.lines.1" label={t('address.line2')} errors={errors} />
          <AnswerInput name="address.town" label={t('address.town')} errors={errors} width={20} />
          <AnswerInput
            name="address.postcode"
            label={t('address.postcode')}
            errors={errors}
            autoComplete="postal-code"
            width={10}
            {...(byHand ? { hint: t('address.postcode-hint') } : {})}
          />
        </>
      )}
    </StepPage>
  );
}

/** Phase and ages; a phase that name or ages do not suggest is asked to be confirmed. */
export function PhaseStep() {
  const t = useText();
  const { answers, get } = useAnswers();
  const toConfirm = phaseToConfirm(answers);
  return (
    <StepPage step="phase">
      {(errors) => (
        <>
          <Choices
            name="phase"
            label={t('phase.label', { name: get('school.name') })}
            value={[get('phase')]}
            onChange={([value]) => answer({ phase: value ?? '', phaseConfirmed: '', ...agesOf(value ?? '') })}
            options={phases
              .filter((value) => value !== 'SECONDARY' || get('phase') === 'SECONDARY')
              .map((value) => ({ value, label: t(`phases.${value}`) }))}
            error={errors.phase}
          />
          {get('phase') === 'SECONDARY' && <p class="govuk-inset-text">{t('phase.not-primary')}</p>}
          {toConfirm !== undefined && (
            <Choices
              name="phaseConfirmed"
              multiple
              label={t(toConfirm.by === 'name' ? 'phase.confirm' : 'phase.confirm-ages', {
                name: get('school.name'),
                from: get('ageFrom'),
                to: get('ageTo'),
                suggested: t(`phases.${toConfirm.suggested}`),
              })}
              value={get('phaseConfirmed') === 'yes' ? ['yes'] : []}
              onChange={(value) =>
                answer({ phaseConfirmed: value.length > 0 ? 'yes' : '', phase: get('phase') })
              }
              options={[
                { value: 'yes', label: t('phase.confirm-yes', { phase: t(`phases.${get('phase')}`) }) },
              ]}
              error={errors.phaseConfirmed}
            />
          )}
          <AnswerInput
            name="ageFrom"
            label={t('phase.age-from')}
            errors={errors}
            inputMode="numeric"
            width={4}
          />
          <AnswerInput name="ageTo" label={t('phase.age-to')} errors={errors} inputMode="numeric" width={4} />
        </>
      )}
    </StepPage>
  );
}

/** The figures on which fee and published figures rest. */
export function FiguresStep() {
  const t = useText();
  const { get } = useAnswers();
  return (
    <StepPage step="figures">
      {(errors) => (
        <>
          <p class="govuk-body">{t('figures.lead')}</p>
          <AnswerInput
            name="pupilsOnRoll"
            label={t('figures.pupils')}
            errors={errors}
            inputMode="numeric"
            width={5}
          />
          <FeeHint />
          <AnswerInput
            name="teachers"
            label={t('figures.teachers')}
            hint={t('figures.teachers-hint')}
            errors={errors}
            inputMode="numeric"
            width={5}
          />
          <FreeMeals errors={errors} />
          <AnswerInput
            name="localAuthority"
            label={t('figures.local-authority')}
            errors={errors}
            width={20}
          />
          <AnswerInput
            name="trust"
            label={t('figures.trust')}
            hint={t('figures.trust-hint')}
            errors={errors}
          />
          {get('school.kind') === 'REGISTER' && <p class="govuk-hint">{t('figures.prefilled')}</p>}
        </>
      )}
    </StepPage>
  );
}

function FreeMeals(props: { errors: FieldErrors }) {
  const t = useText();
  const { get } = useAnswers();
  const unknown = get('fsmUnknown') === 'yes';
  return (
    <>
      {!unknown && (
        <AnswerInput
          name="fsmPercent"
          label={t('figures.fsm')}
          hint={t('figures.fsm-hint')}
          errors={props.errors}
          inputMode="decimal"
          width={5}
        />
      )}
      <Choices
        name="fsmUnknown"
        label={t('figures.fsm-known')}
        multiple
        value={unknown ? ['yes'] : []}
        onChange={(value) => answer({ fsmUnknown: value.length > 0 ? 'yes' : '' })}
        options={[{ value: 'yes', label: t('figures.fsm-unknown') }]}
      />
    </>
  );
}

/** What the round costs a school of this size, as soon as the size is known. */
export function FeeHint() {
  const t = useText();
  const { get } = useAnswers();
  const { fees } = useRound();
  const pupils = parseWhole(get('pupilsOnRoll'));
  const small = pupils !== undefined && pupils <= fees.smallMaximumPupils;
  return (
    <p class="govuk-inset-text" aria-live="polite">
      {pupils === undefined || pupils === 0
        ? t('fee.both', {
            standard: formatPence(fees.standardPence),
            small: formatPence(fees.smallPence),
            maximum: fees.smallMaximumPupils,
          })
        : t(small ? 'fee.small' : 'fee.standard', {
            fee: formatPence(small ? fees.smallPence : fees.standardPence),
            maximum: fees.smallMaximumPupils,
          })}
    </p>
  );
}
