import { useState } from 'preact/hooks';
import { adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call } from '../shared/api.ts';
import { Button, ErrorSummary, Form, fieldId, TextArea, TextInput, useSubmission } from '../shared/forms.tsx';
import { Details } from '../shared/show.tsx';
import type { Audience } from './audience.ts';
import { useText } from './texts.ts';

type Person = RouteResponse<Audience['reads']['listPeople']>['people'][number];

/** Corrects the name or address of a person, with a reason; schools of which they are a contact have it too. */
export function CorrectPerson(props: { person: Person; done: (message: string) => Promise<void> }) {
  const t = useText();
  const { personId, name, email } = props.person;
  const [answers, setAnswers] = useState({ name, email, reason: '' });
  const submission = useSubmission();
  const { errors } = submission;
  const field = (one: string): string => `${personId}.${one}`;
  const save = () =>
    submission.run(async () => {
      await call(adminProgrammeContract.correctPerson, { params: { personId }, body: answers });
      await props.done(t('people.corrected', { name: answers.name }));
    });
  return (
    <Details summary={t('people.correct', { name })}>
      <Form onSubmit={() => void save()} label={t('people.correct', { name })}>
        <ErrorSummary
          errors={errors}
          general={submission.general}
          hrefOf={(one) => `#${fieldId(field(one))}`}
        />
        <TextInput
          name={field('name')}
          label={t('people.name')}
          autoComplete="off"
          value={answers.name}
          onInput={(value) => setAnswers({ ...answers, name: value })}
          error={errors.name}
        />
        <TextInput
          name={field('email')}
          label={t('people.email')}
          hint={t('people.correct-email-hint')}
          type="email"
          value={answers.email}
          onInput={(value) => setAnswers({ ...answers, email: value })}
          error={errors.email}
        />
        <TextArea
          name={field('reason')}
          label={t('reason.label')}
          hint={t('reason.hint')}
          rows={2}
          value={answers.reason}
          onInput={(value) => setAnswers({ ...answers, reason: value })}
          error={errors.reason}
        />
        <Button type="submit" disabled={submission.busy}>
          {t('people.correct-button', { name })}
        </Button>
      </Form>
    </Details>
  );
}
