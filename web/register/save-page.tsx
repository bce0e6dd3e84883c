import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import * as z from 'zod';
import { publicContract } from '../../functions/http/public/contract.ts';
import { call } from '../shared/api.ts';
import { Button, ErrorSummary, Form, TextInput, useSubmission } from '../shared/forms.tsx';
import { currentLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { useMe } from '../shared/session.ts';
import { formatDay } from '../shared/show.tsx';
import { replaceAnswers, useAnswers } from './store.ts';
import { useText } from './texts.ts';

/** Keeps the unfinished form with the programme, for the person at an address to go on with from any machine. */
export function SavePage() {
  const t = useText();
  const me = useMe();
  const { answers, get } = useAnswers();
  const { back } = useLocation();
  const [name, setName] = useState(get('registrant.name'));
  const [email, setEmail] = useState(get('registrant.email'));
  const [saved, setSaved] = useState<{ until: string; mailed: boolean } | undefined>(undefined);
  const submission = useSubmission();
  const draftId = get('draftId');
  // A draft that the person opened signed in is saved again in its place.
  const again = draftId !== '' && me?.identity?.roles.includes('registrant') === true;
  const save = async (): Promise<void> => {
    if (!again && !z.email().safeParse(email.trim()).success)
      return submission.setErrors({ email: t('errors.email') });
    await submission.run(async () => {
      if (again) {
        const { expiresAt } = await call(publicContract.updateDraft, {
          params: { draftId },
          body: { language: currentLanguage(), form: { ...answers } },
        });
        setSaved({ until: expiresAt, mailed: false });
      } else {
        const form = {
          ...answers,
          'registrant.name': get('registrant.name') || name,
          'registrant.email': get('registrant.email') || email.trim(),
        };
        const { expiresAt } = await call(publicContract.saveDraft, {
          body: { email: email.trim(), name, language: currentLanguage(), form },
        });
        setSaved({ until: expiresAt, mailed: true });
      }
      replaceAnswers({});
    });
  };
  if (saved !== undefined)
    return (
      <>
        <Heading>{t('save.done')}</Heading>
        <p class="govuk-body">
          {saved.mailed ? t('save.mailed', { email }) : ''}{' '}
          {t('save.until', { until: formatDay(saved.until) })}
        </p>
        <p class="govuk-body">
          <a class="govuk-link" href="/">
            {t('save.home')}
          </a>
        </p>
      </>
    );
  return (
    <Form onSubmit={() => void save()}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <Heading>{t('save.title')}</Heading>
      <p class="govuk-body">{t(again ? 'save.lead-again' : 'save.lead')}</p>
      {!again && (
        <>
          <TextInput
            name="name"
            label={t('person.name')}
            autoComplete="name"
            value={name}
            onInput={setName}
            error={submission.errors.name}
          />
          <TextInput
            name="email"
            type="email"
            label={t('person.email')}
            autoComplete="email"
            value={email}
            onInput={setEmail}
            error={submission.errors.email}
          />
        </>
      )}
      <div class="govuk-button-group">
        <Button type="submit" disabled={submission.busy}>
          {t('save.button')}
        </Button>
        <Button secondary onClick={back}>
          {t('save.go-on')}
        </Button>
      </div>
    </Form>
  );
}
