import { useState } from 'preact/hooks';
import { adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import { call } from '../shared/api.ts';
import { Button, ErrorSummary, Form, TextInput, useSubmission } from '../shared/forms.tsx';
import { penceOf, poundsOf } from '../shared/pounds.ts';
import { type CalendarAnswers, CalendarFields, calendarNames } from './calendar-fields.tsx';
import { givenOf, type Round } from './round-file.tsx';
import { useText } from './texts.ts';

/** Changes the names, dates, fees and periods of a draft; criteria and checklist come from its file. */
export function DraftForm(props: { round: Round; done: () => Promise<void> }) {
  const t = useText();
  const { round } = props;
  const { sessions, ...days } = round.calendar;
  const [label, setLabel] = useState(round.label);
  const [dates, setDates] = useState<CalendarAnswers>({ days, sessions });
  const [fees, setFees] = useState({
    standard: poundsOf(round.fees.standardPence),
    small: poundsOf(round.fees.smallPence),
    pupils: String(round.fees.smallMaximumPupils),
    terms: String(round.fees.paymentTermsDays),
  });
  const [periods, setPeriods] = useState({
    corrections: String(round.policies.registration.correctionHours),
    funding: String(round.policies.registration.fundingDecisionWorkingDays),
  });
  const submission = useSubmission();
  const { errors } = submission;
  const save = async (): Promise<void> => {
    const standardPence = penceOf(fees.standard);
    const smallPence = penceOf(fees.small);
    if (Number.isNaN(standardPence) || Number.isNaN(smallPence)) {
      submission.setErrors({
        ...(Number.isNaN(standardPence) ? { 'fees.standardPence': t('input.amount') } : {}),
        ...(Number.isNaN(smallPence) ? { 'fees.smallPence': t('input.amount') } : {}),
      });
      return;
    }
    await submission.run(async () => {
      const changed = Object.fromEntries(calendarNames.map((name) => [name, dates.days[name] ?? '']));
      await call(adminProgrammeContract.importRound, {
        body: {
          ...givenOf(round),
          label,
          calendar: { ...round.calendar, ...changed, sessions: [...dates.sessions] },
          fees: {
            ...round.fees,
            standardPence,
            smallPence,
            smallMaximumPupils: Number(fees.pupils),
            paymentTermsDays: Number(fees.terms),
          },
          policies: {
            ...round.policies,
            registration: {
              ...round.policies.registration,
              correctionHours: Number(periods.corrections),
              fundingDecisionWorkingDays: Number(periods.funding),
            },
          },
        },
      });
      await props.done();
    });
  };
  return (
    <Form onSubmit={() => void save()} label={t('draft.title')}>
      <ErrorSummary errors={errors} general={submission.general} />
      <TextInput
        name="label.en"
        label={t('round.label-en')}
        value={label.en}
        onInput={(en) => setLabel({ ...label, en })}
        error={errors['label.en']}
      />
      <TextInput
        name="label.cy"
        label={t('round.label-cy')}
        value={label.cy}
        onInput={(cy) => setLabel({ ...label, cy })}
        error={errors['label.cy']}
      />
      <TextInput
        name="fees.standardPence"
        label={t('fees.standard-pounds')}
        inputMode="decimal"
        width={10}
        value={fees.standard}
        onInput={(standard) => setFees({ ...fees, standard })}
        error={errors['fees.standardPence']}
      />
      <TextInput
        name="fees.smallPence"
        label={t('fees.small-pounds')}
        inputMode="decimal"
        width={10}
        value={fees.small}
        onInput={(small) => setFees({ ...fees, small })}
        error={errors['fees.smallPence']}
      />
      <TextInput
        name="fees.smallMaximumPupils"
        label={t('fees.small-pupils')}
        inputMode="numeric"
        width={5}
        value={fees.pupils}
        onInput={(pupils) => setFees({ ...fees, pupils })}
        error={errors['fees.smallMaximumPupils']}
      />
      <TextInput
        name="fees.paymentTermsDays"
        label={t('fees.terms-days')}
        inputMode="numeric"
        width={5}
        value={fees.terms}
        onInput={(terms) => setFees({ ...fees, terms })}
        error={errors['fees.paymentTermsDays']}
      />
      <TextInput
        name="policies.registration.correctionHours"
        label={t('policies.corrections-hours')}
        inputMode="numeric"
        width={5}
        value={periods.corrections}
        onInput={(corrections) => setPeriods({ ...periods, corrections })}
        error={errors['policies.registration.correctionHours']}
      />
      <TextInput
        name="policies.registration.fundingDecisionWorkingDays"
        label={t('policies.funding-days')}
        inputMode="numeric"
        width={5}
        value={periods.funding}
        onInput={(funding) => setPeriods({ ...periods, funding })}
        error={errors['policies.registration.fundingDecisionWorkingDays']}
      />
      <CalendarFields answers={dates} onChange={setDates} errors={errors} />
      <Button type="submit" disabled={submission.busy}>
        {t('draft.save')}
      </Button>
    </Form>
  );
}
