import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Button, ErrorSummary, type FieldErrors, Form, TextInput } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import type { FieldName } from './answers.ts';
import { faultsOf, firstOpenStep, type Step, stepAfter, stepBefore, steps } from './steps.ts';
import { answer, currentAnswers, useAnswers } from './store.ts';
import { useText } from './texts.ts';

/** Everything around one step: way back, progress, messages, the button to go on, and saving for later. */
export function StepPage(props: {
  step: Step;
  /** Its fields, given the messages to show beside them. */
  children: (errors: FieldErrors) => ComponentChildren;
  /** Last changes before the step is judged. */
  before?: () => void;
  hideContinue?: boolean;
  /** What stands against the step besides its own faults. */
  also?: FieldErrors;
}) {
  const t = useText();
  const { query, route } = useLocation();
  const { answers, refused } = useAnswers();
  const [own, setOwn] = useState<FieldErrors>({});
  const toCheck = query.from === 'check';
  const before = stepBefore(props.step, answers);
  const back = toCheck ? '/register/check' : before === undefined ? '/register/' : `/register/${before}`;
  const goOn = (): void => {
    props.before?.();
    const faults = Object.entries(faultsOf(props.step, currentAnswers()));
    // A new object each time, so that the summary takes the focus again.
    setOwn(Object.fromEntries(faults.map(([field, fault]) => [field, t(`errors.${fault}`)])));
    if (faults.length > 0) return;
    // Back to the check of the answers, unless another step is still open.
    const after = toCheck ? firstOpenStep(currentAnswers()) : stepAfter(props.step, currentAnswers());
    route(after === undefined ? '/register/check' : `/register/${after}${toCheck ? '?from=check' : ''}`);
  };
  // A message goes as soon as its field is right.
  const wrong: Readonly<Record<string, string>> = faultsOf(props.step, answers);
  const standing = Object.fromEntries(Object.entries(own).filter(([field]) => wrong[field] !== undefined));
  const errors = { ...refused, ...standing };
  return (
    <>
      <a class="govuk-back-link" href={back}>
        {t(toCheck ? 'step.back-to-check' : 'step.back')}
      </a>
      <Form onSubmit={goOn}>
        <ErrorSummary errors={{ ...own, ...props.also }} />
        <Heading caption={t('step.progress', { number: steps.indexOf(props.step) + 1, total: steps.length })}>
          {t(`${props.step}.title`)}
        </Heading>
        {props.children(errors)}
        {props.hideContinue !== true && (
          <div class="govuk-button-group">
            <Button type="submit">{t(toCheck ? 'step.continue-to-check' : 'step.continue')}</Button>
            <a class="govuk-link" href="/register/save">
              {t('step.save')}
            </a>
          </div>
        )}
      </Form>
    </>
  );
}

/** A text field of the form, bound to its answer. */
export function AnswerInput(props: {
  name: FieldName;
  label: string;
  hint?: string;
  errors: FieldErrors;
  type?: 'text' | 'email';
  inputMode?: 'numeric' | 'decimal';
  autoComplete?: 'name' | 'email' | 'organization' | 'postal-code';
  width?: 4 | 5 | 10 | 20;
}) {
  const { get } = useAnswers();
  const { errors, ...rest } = props;
  return (
    <TextInput
      {...rest}
      value={get(props.name)}
      onInput={(value) => answer({ [props.name]: value })}
      error={errors[props.name]}
    />
  );
}

/** Name and email of one person. */
export function PersonFields(props: {
  name: FieldName;
  email: FieldName;
  errors: FieldErrors;
  own?: boolean;
  hint?: string;
}) {
  const t = useText();
  return (
    <>
      <AnswerInput
        name={props.name}
        label={t('person.name')}
        errors={props.errors}
        {...(props.own ? { autoComplete: 'name' as const } : {})}
      />
      <AnswerInput
        name={props.email}
        type="email"
        label={t('person.email')}
        errors={props.errors}
        {...(props.own ? { autoComplete: 'email' as const } : {})}
        {...(props.hint === undefined ? {} : { hint: props.hint })}
      />
    </>
  );
}
