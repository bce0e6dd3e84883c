import type { Calendar } from '../../functions/programme/model.ts';
import { type FieldErrors, TextInput } from '../shared/forms.tsx';
import { useText, useWords } from './texts.ts';

/** The dates of a round in the order of its year, the sessions apart. */
export const calendarNames = [
  'registrationOpens',
  'registrationCloses',
  'paymentDue',
  'trainingStarts',
  'actionPlanDue',
  'submissionOpens',
  'levelChangeCutOff',
  'signOffDue',
  'submissionDue',
  'allocation',
  'assessmentDue',
  'moderation',
  'moderationDue',
  'results',
] as const satisfies readonly (keyof Omit<Calendar, 'sessions'>)[];
export type CalendarName = (typeof calendarNames)[number];

export interface CalendarAnswers {
  /** A day or nothing by name. */
  readonly days: Readonly<Partial<Record<CalendarName, string>>>;
  readonly sessions: readonly string[];
}

/** A field for every date of a round and for its sessions; `errors` are those of the whole form. */
export function CalendarFields(props: {
  answers: CalendarAnswers;
  onChange: (answers: CalendarAnswers) => void;
  errors: FieldErrors;
}) {
  const t = useText();
  const words = useWords();
  const { answers, onChange, errors } = props;
  return (
    <>
      {calendarNames.map((name) => (
        <TextInput
          key={name}
          name={`calendar.${name}`}
          label={words('dates', name).text}
          type="date"
          width={10}
          value={answers.days[name] ?? ''}
          onInput={(day) => onChange({ ...answers, days: { ...answers.days, [name]: day } })}
          error={errors[`calendar.${name}`]}
        />
      ))}
      {answers.sessions.map((day, index) => (
        <TextInput
          key={`session ${index + 1}`}
          name={`calendar.sessions.${index}`}
          label={t('round.session', { number: index + 1 })}
          type="date"
          width={10}
          value={day}
          onInput={(value) =>
            onChange({
              ...answers,
              sessions: answers.sessions.map((before, at) => (at === index ? value : before)),
            })
          }
          error={errors[`calendar.sessions.${index}`]}
        />
      ))}
    </>
  );
}
