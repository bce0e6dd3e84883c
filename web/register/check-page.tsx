import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type * as z from 'zod';
import { publicContract, type warning } from '../../functions/http/public/contract.ts';
import { type RegistrationForm, registrationForm } from '../../functions/registration/form.ts';
import { ApiError, call } from '../shared/api.ts';
import { Button, ErrorSummary, type FieldErrors, Form, useSubmission } from '../shared/forms.tsx';
import { type Translate, useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { formatPence } from '../shared/show.tsx';
import { AnswerSummary } from './answer-summary.tsx';
import { type Answers, toForm } from './answers.ts';
import { faultsOf, isSkipped, stepOf, steps } from './steps.ts';
import { refuse, rememberSent, useAnswers } from './store.ts';
import { useText } from './texts.ts';

interface Verdict {
  readonly errors: FieldErrors;
  readonly general: string | undefined;
  readonly warnings: readonly z.output<typeof warning>[];
  readonly feePence: number | undefined;
  /** Words for beside the fields; what a step lacks it says itself. */
  readonly beside: FieldErrors;
  /** The form as it can be sent; undefined while something stops it. */
  readonly form: RegistrationForm | undefined;
}

/** Judges the answers: first what a step still lacks, then, by the API, everything else. */
async function judge(answers: Answers, t: Translate): Promise<Verdict> {
  const nothing = { general: undefined, warnings: [], feePence: undefined, beside: {}, form: undefined };
  const lacking: Record<string, string> = {};
  for (const step of steps)
    if (!isSkipped(step, answers))
      for (const [field, fault] of Object.entries(faultsOf(step, answers)))
        lacking[field] = `${t(`${step}.title`)}: ${t(`errors.${fault}`)}`;
  if (Object.keys(lacking).length > 0) return { ...nothing, errors: lacking };
  const parsed = registrationForm.safeParse(toForm(answers));
  if (!parsed.success) {
    const errors = Object.fromEntries(
      parsed.error.issues.map((issue) => [issue.path.join('.'), t('errors.look-again')]),
    );
    return { ...nothing, errors, beside: errors };
  }
  const form = parsed.data;
  // A registration that is corrected is judged when it is sent: this check would find it to be registered already.
  if (answers.registrationId) return { ...nothing, errors: {}, form };
  try {
    const { problems, warnings, fee } = await call(publicContract.checkForm, { body: form });
    const errors: Record<string, string> = {};
    for (const problem of problems) errors[problem.field] ??= problem.message;
    return {
      errors,
      beside: errors,
      general: undefined,
      warnings,
      feePence: fee?.pence,
      form: problems.length === 0 ? form : undefined,
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { ...nothing, errors: error.fields, beside: error.fields, general: error.message };
  }
}

/** "Check your answers": everything as it will be sent, what stops it, what should be known, the fee; then it is sent. */
export function CheckPage() {
  const t = useText();
  const language = useLanguage();
  const { answers } = useAnswers();
  const { route } = useLocation();
  const [verdict, setVerdict] = useState<Verdict | undefined>(undefined);
  const sending = useSubmission();
  const correcting = (answers.registrationId ?? '') !== '';
  useEffect(() => {
    let overtaken = false;
    void judge(answers, t).then((found) => {
      if (overtaken) return;
      setVerdict(found);
      refuse(found.beside);
    });
    return () => {
      overtaken = true;
    };
    // Judged again for other answers and in another language; `t` is new at every rendering.
  }, [answers, language]);
  const send = (form: RegistrationForm) =>
    sending.run(async () => {
      try {
        const sent = await post(answers, form);
        rememberSent(sent);
        route('/register/done', true);
      } catch (error) {
        if (error instanceof ApiError) refuse(error.fields);
        throw error;
      }
    });
  const errors = Object.keys(sending.errors).length > 0 ? sending.errors : (verdict?.errors ?? {});
  const hrefOf = (field: string): string => {
    const step = stepOf(field);
    return step === undefined ? '#answers' : `/register/${step}?from=check`;
  };
  const form = verdict?.form;
  return (
    <>
      <a class="govuk-back-link" href="/register/agree">
        {t('step.back')}
      </a>
      <ErrorSummary errors={errors} general={sending.general ?? verdict?.general} hrefOf={hrefOf} />
      <Heading caption={correcting ? answers.reference : undefined}>
        {t(correcting ? 'check.title-correct' : 'check.title')}
      </Heading>
      {verdict === undefined && <p class="govuk-body">{t('check.checking')}</p>}
      {verdict?.warnings.map((each) => (
        <div class="govuk-warning-text" key={each.code}>
          <span class="govuk-warning-text__icon" aria-hidden="true">
            !
          </span>
          <strong class="govuk-warning-text__text">
            <span class="govuk-visually-hidden">{t('check.warning')} </span>
            {each.message}
          </strong>
        </div>
      ))}
      <div id="answers">
        <AnswerSummary />
      </div>
      {verdict?.feePence !== undefined && (
        <p class="govuk-body govuk-!-font-size-24">
          {t('check.fee', { fee: formatPence(verdict.feePence) })}
        </p>
      )}
      {form !== undefined && (
        <Form onSubmit={() => void send(form)}>
          <p class="govuk-body">{t(correcting ? 'check.before-correct' : 'check.before-send')}</p>
          <Button type="submit" disabled={sending.busy}>
            {t(correcting ? 'check.send-correct' : 'check.send')}
          </Button>
        </Form>
      )}
      {!correcting && (
        <p class="govuk-body">
          <a class="govuk-link" href="/register/save">
            {t('step.save')}
          </a>
        </p>
      )}
    </>
  );
}

async function post(answers: Answers, form: RegistrationForm) {
  const common = {
    schoolName: answers['school.name'] ?? '',
    email: form.registrant.email,
    payerKind: form.payer.kind,
  };
  if (answers.registrationId) {
    const after = await call(publicContract.correctRegistration, {
      params: { registrationId: answers.registrationId },
      body: form,
    });
    return {
      ...common,
      registrationId: after.registrationId,
      reference: after.reference,
      feePence: after.fee.pence,
      correctableUntil: after.correctableUntil ?? '',
      repeated: false,
      corrected: true,
    };
  }
  const sent = await call(publicContract.submitRegistration, {
    body: { form, draftId: answers.draftId || null },
  });
  return {
    ...common,
    registrationId: sent.registrationId,
    reference: sent.reference,
    feePence: sent.fee.pence,
    correctableUntil: sent.correctableUntil,
    repeated: sent.repeated,
    corrected: false,
  };
}
