import { useEffect, useState } from 'preact/hooks';
import * as z from 'zod';
import { signInContract } from '../../functions/http/sign-in/contract.ts';
import cy from '../../programme/texts/pages-sign-in/cy.json' with { type: 'json' };
import en from '../../programme/texts/pages-sign-in/en.json' with { type: 'json' };
import { call } from '../shared/api.ts';
import { Button, ErrorSummary, Form, TextInput, useSubmission } from '../shared/forms.tsx';
import { createPageTexts, currentLanguage } from '../shared/language.ts';
import { Heading, Shell, startPages } from '../shared/page.tsx';
import { useMe } from '../shared/session.ts';
import { Details, Notice } from '../shared/show.tsx';
import { destination, ownPath } from './destination.ts';

const useText = createPageTexts({ en, cy });

const KEY = 'psqm-sign-in';
/** A code that is on its way: kept over a reload, for people who look at their mail in the same tab. */
const attempt = z.object({ attemptId: z.string(), email: z.string() });
type Attempt = z.output<typeof attempt>;

function storedAttempt(): Attempt | undefined {
  try {
    return attempt.safeParse(JSON.parse(sessionStorage.getItem(KEY) ?? 'null')).data;
  } catch {
    return undefined;
  }
}

function SignInPage() {
  const t = useText();
  const me = useMe();
  const [under, setUnder] = useState(storedAttempt);
  const [typed, setTyped] = useState(under?.email ?? '');
  const keep = (next: Attempt | undefined): void => {
    if (next === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(next));
    setUnder(next);
  };
  const to = ownPath(new URLSearchParams(location.search).get('to'), location.origin);
  return (
    <Shell service={t('service')}>
      {me?.identity && under === undefined ? (
        <SignedIn email={me.identity.email} to={destination(to, me.tasks)} />
      ) : under === undefined ? (
        <EmailStep email={typed} onInput={setTyped} onSent={keep} />
      ) : (
        <CodeStep under={under} to={to} keep={keep} />
      )}
    </Shell>
  );
}

/** Asks for a code; whether the address is known is not told. */
function EmailStep(props: {
  email: string;
  onInput: (email: string) => void;
  onSent: (sent: Attempt) => void;
}) {
  const t = useText();
  const submission = useSubmission();
  const send = async (): Promise<void> => {
    const email = props.email.trim();
    if (!z.email().safeParse(email).success) return submission.setErrors({ email: t('email-needed') });
    await submission.run(async () => {
      const { attemptId } = await call(signInContract.requestCode, {
        body: { email, lang: currentLanguage() },
      });
      props.onSent({ attemptId, email });
    });
  };
  return (
    <Form onSubmit={() => void send()}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <Heading>{t('title')}</Heading>
      <p class="govuk-body">{t('lead')}</p>
      <TextInput
        name="email"
        type="email"
        autoComplete="email"
        label={t('email')}
        hint={t('email-hint')}
        value={props.email}
        onInput={props.onInput}
        error={submission.errors.email}
      />
      <Button type="submit" disabled={submission.busy}>
        {t('send')}
      </Button>
    </Form>
  );
}

function CodeStep(props: {
  under: Attempt;
  to: string | undefined;
  keep: (next: Attempt | undefined) => void;
}) {
  const t = useText();
  const { email } = props.under;
  const [code, setCode] = useState('');
  const [sentAgain, setSentAgain] = useState(false);
  const submission = useSubmission();
  // The heading is new to the person, but the address is not: the focus is led here.
  useEffect(() => document.querySelector('h1')?.focus(), []);
  const verify = async (): Promise<void> => {
    const digits = code.replace(/\s/g, '');
    if (digits.length < 4) return submission.setErrors({ code: t('code-needed') });
    await submission.run(async () => {
      const { tasks } = await call(signInContract.verifyCode, {
        body: { attemptId: props.under.attemptId, code: digits },
      });
      sessionStorage.removeItem(KEY);
      location.assign(destination(props.to, tasks));
    });
  };
  const again = () =>
    submission.run(async () => {
      setSentAgain(false);
      const { attemptId } = await call(signInContract.requestCode, {
        body: { email, lang: currentLanguage() },
      });
      props.keep({ attemptId, email });
      setCode('');
      setSentAgain(true);
    });
  return (
    <Form onSubmit={() => void verify()}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      {sentAgain && <Notice success>{t('sent-again')}</Notice>}
      <Heading>{t('code-title')}</Heading>
      <p class="govuk-body">{t('code-lead', { email })}</p>
      <TextInput
        name="code"
        label={t('code')}
        hint={t('code-hint')}
        inputMode="numeric"
        autoComplete="one-time-code"
        width={10}
        value={code}
        onInput={setCode}
        error={submission.errors.code}
      />
      <Button type="submit" disabled={submission.busy}>
        {t('continue')}
      </Button>
      <Details summary={t('help')}>
        <ul class="govuk-list govuk-list--bullet">
          {['help-1', 'help-2', 'help-3', 'help-4'].map((key) => (
            <li key={key}>{t(key)}</li>
          ))}
        </ul>
        <div class="govuk-button-group">
          <Button secondary disabled={submission.busy} onClick={() => void again()}>
            {t('again')}
          </Button>
          <Button secondary onClick={() => props.keep(undefined)}>
            {t('other-address')}
          </Button>
        </div>
      </Details>
    </Form>
  );
}

function SignedIn(props: { email: string; to: string }) {
  const t = useText();
  const submission = useSubmission();
  const leave = () =>
    submission.run(async () => {
      await call(signInContract.signOut);
      location.reload();
    });
  return (
    <>
      <ErrorSummary errors={{}} general={submission.general} />
      <Heading>{t('title')}</Heading>
      <p class="govuk-body">{t('already', { email: props.email })}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={props.to}>
          {t('already-go')}
        </a>
      </p>
      <Button secondary disabled={submission.busy} onClick={() => void leave()}>
        {t('already-other')}
      </Button>
    </>
  );
}

startPages(<SignInPage />);
