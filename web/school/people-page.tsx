import { useEffect, useRef, useState } from 'preact/hooks';
import type * as z from 'zod';
import { type contactView, schoolContract } from '../../functions/http/school/contract.ts';
import { call, useApi } from '../shared/api.ts';
import {
  Button,
  Choices,
  ErrorSummary,
  type FieldErrors,
  Form,
  TextArea,
  TextInput,
  useSubmission,
} from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { Details, formatDay, Loading, Notice } from '../shared/show.tsx';
import { BackToSchool } from './back.tsx';
import { useText } from './texts.ts';

type Contact = z.output<typeof contactView>;

/** Who takes part, a change of head or subject leader, further people, and who took part earlier. */
export function PeoplePage(props: { registrationId?: string }) {
  const t = useText();
  const registrationId = props.registrationId ?? '';
  const view = useApi(schoolContract.registration, { params: { registrationId } });
  const [changing, setChanging] = useState<string | undefined>(undefined);
  const [told, setTold] = useState<string | undefined>(undefined);
  const after = async (message: string): Promise<void> => {
    await view.reload();
    setChanging(undefined);
    setTold(message);
  };
  return (
    <>
      <BackToSchool registrationId={registrationId} />
      <Loading of={view}>
        {(data) => {
          const present = data.contacts.filter((contact) => contact.until === null);
          const earlier = data.contacts.filter((contact) => contact.until !== null);
          return (
            <>
              {told !== undefined && <Notice success>{told}</Notice>}
              <Heading caption={data.schoolName}>{t('people.title')}</Heading>
              {present.map((contact) => (
                <section
                  key={contact.contactId}
                  id={`contact-${contact.contactId}`}
                  tabIndex={-1}
                  class="psqm-criterion"
                >
                  <h2 class="govuk-heading-s">{t(`people.roles.${contact.role}`)}</h2>
                  <p class="govuk-body">
                    {contact.name}, {contact.email} {contact.isMe && <strong>({t('people.me')})</strong>}
                  </p>
                  {data.can.changeContacts &&
                    (changing === contact.contactId ? (
                      <ChangeContact
                        registrationId={registrationId}
                        contact={contact}
                        canLeave={
                          contact.role === 'subject_leader' &&
                          present.filter((other) => other.role === 'subject_leader').length > 1
                        }
                        cancel={() => {
                          setChanging(undefined);
                          document.getElementById(`contact-${contact.contactId}`)?.focus();
                        }}
                        done={() => after(t('people.changed', { name: contact.name }))}
                      />
                    ) : (
                      <Button
                        secondary
                        onClick={() => {
                          setTold(undefined);
                          setChanging(contact.contactId);
                        }}
                      >
                        {t('people.change')}
                        <span class="govuk-visually-hidden">: {contact.name}</span>
                      </Button>
                    ))}
                </section>
              ))}
              {data.can.changeContacts && (
                <AddContact registrationId={registrationId} done={() => after(t('people.added'))} />
              )}
              {earlier.length > 0 && (
                <Details summary={t('people.earlier')}>
                  <ul class="govuk-list">
                    {earlier.map((contact) => (
                      <li key={contact.contactId}>
                        {t('people.until', {
                          name: contact.name,
                          role: t(`people.roles.${contact.role}`),
                          from: formatDay(contact.from),
                          until: formatDay(contact.until ?? contact.from),
                        })}
                      </li>
                    ))}
                  </ul>
                </Details>
              )}
            </>
          );
        }}
      </Loading>
    </>
  );
}

/** Name and address of somebody new; the API names their fields with or without `prefix`. */
function PersonInputs(props: {
  prefix: string;
  name: string;
  email: string;
  onName: (value: string) => void;
  onEmail: (value: string) => void;
  errors: FieldErrors;
}) {
  const t = useText();
  return (
    <>
      <TextInput
        name={`${props.prefix}name`}
        label={t('people.name')}
        value={props.name}
        onInput={props.onName}
        error={props.errors[`${props.prefix}name`]}
      />
      <TextInput
        name={`${props.prefix}email`}
        type="email"
        label={t('people.email')}
        value={props.email}
        onInput={props.onEmail}
        error={props.errors[`${props.prefix}email`]}
      />
    </>
  );
}

function personErrors(
  prefix: string,
  name: string,
  email: string,
  t: (key: string) => string,
): Record<string, string> {
  return {
    ...(name.trim() === '' ? { [`${prefix}name`]: t('people.name-needed') } : {}),
    ...(/^\S+@\S+\.\S+$/.test(email.trim()) ? {} : { [`${prefix}email`]: t('people.email-needed') }),
  };
}

/** Somebody leaves: their access ends at once, whoever takes over is invited. */
function ChangeContact(props: {
  registrationId: string;
  contact: Contact;
  canLeave: boolean;
  cancel: () => void;
  done: () => Promise<void>;
}) {
  const t = useText();
  const { contact, registrationId } = props;
  const [kind, setKind] = useState('replace');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const box = useRef<HTMLDivElement>(null);
  // The button that was pressed is gone: the focus goes on to what took its place.
  useEffect(() => box.current?.focus(), []);
  const replaced = !props.canLeave || kind === 'replace';
  const send = async (): Promise<void> => {
    const errors = {
      ...(replaced ? personErrors('replacement.', name, email, t) : {}),
      ...(reason.trim() === '' ? { reason: t('people.reason-needed') } : {}),
    };
    if (Object.keys(errors).length > 0) return submission.setErrors(errors);
    await submission.run(async () => {
      await call(schoolContract.changeContact, {
        params: { registrationId, contactId: contact.contactId },
        body: { reason, replacement: replaced ? { name, email: email.trim() } : null },
      });
      await props.done();
    });
  };
  return (
    <Form onSubmit={() => void send()} label={t('people.change')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <div ref={box} tabIndex={-1}>
        <p class="govuk-body">{t('people.change-lead', { name: contact.name })}</p>
      </div>
      {props.canLeave && (
        <Choices
          name="kind"
          label={t('people.kind')}
          value={[kind]}
          onChange={([value]) => setKind(value ?? 'replace')}
          options={[
            { value: 'replace', label: t('people.kind-replace') },
            { value: 'leave', label: t('people.kind-leave') },
          ]}
        />
      )}
      {replaced && (
        <PersonInputs
          prefix="replacement."
          name={name}
          email={email}
          onName={setName}
          onEmail={setEmail}
          errors={submission.errors}
        />
      )}
      <TextArea
        name="reason"
        label={t('people.reason')}
        rows={2}
        value={reason}
        onInput={setReason}
        error={submission.errors.reason}
      />
      <div class="govuk-button-group">
        <Button type="submit" disabled={submission.busy}>
          {t('people.change-button')}
        </Button>
        <Button secondary onClick={props.cancel}>
          {t('cancel')}
        </Button>
      </div>
    </Form>
  );
}

function AddContact(props: { registrationId: string; done: () => Promise<void> }) {
  const t = useText();
  const [role, setRole] = useState('');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const submission = useSubmission();
  const send = async (): Promise<void> => {
    const chosen = role === 'subject_leader' || role === 'finance' ? role : undefined;
    const errors = {
      ...(chosen === undefined ? { role: t('people.role-needed') } : {}),
      ...personErrors('', name, email, t),
    };
    if (chosen === undefined || Object.keys(errors).length > 0) return submission.setErrors(errors);
    await submission.run(async () => {
      await call(schoolContract.addContact, {
        params: { registrationId: props.registrationId },
        body: { role: chosen, name, email: email.trim() },
      });
      setRole('');
      setName('');
      setEmail('');
      await props.done();
    });
  };
  return (
    <Details summary={t('people.add')}>
      <Form onSubmit={() => void send()} label={t('people.add')}>
        <ErrorSummary errors={submission.errors} general={submission.general} />
        <Choices
          name="role"
          label={t('people.role')}
          value={[role]}
          onChange={([value]) => setRole(value ?? '')}
          options={[
            { value: 'subject_leader', label: t('people.roles.subject_leader') },
            { value: 'finance', label: t('people.roles.finance') },
          ]}
          error={submission.errors.role}
        />
        <PersonInputs
          prefix=""
          name={name}
          email={email}
          onName={setName}
          onEmail={setEmail}
          errors={submission.errors}
        />
        <Button type="submit" secondary disabled={submission.busy}>
          {t('people.add-button')}
        </Button>
      </Form>
    </Details>
  );
}
