import { useState } from 'preact/hooks';
import { hubContract } from '../../functions/http/hub/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, TextArea, TextInput, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatInstant, Loading, Notice } from '../shared/show.tsx';
import { useText } from './texts.ts';

/** Write to all or some of the hub's schools. */
export function MessagesPage() {
  const t = useText();
  const schools = useApi(hubContract.schools, {});
  const sent = useApi(hubContract.messages, {});
  const [chosen, setChosen] = useState<string[]>([]);
  const [subject, setSubject] = useState('');
  const [text, setText] = useState('');
  // One id a message: sending the same form again makes no second mail.
  const [messageId, setMessageId] = useState(() => crypto.randomUUID());
  const [told, setTold] = useState<string | undefined>(undefined);
  const submission = useSubmission();
  const send = (hubId: string, roundId: string) =>
    submission.run(async () => {
      const message = await call(hubContract.sendMessage, {
        body: {
          messageId,
          hubId,
          roundId,
          subject,
          text,
          ...(chosen.length === 0 ? {} : { registrationIds: chosen }),
        },
      });
      setMessageId(crypto.randomUUID());
      setSubject('');
      setText('');
      setChosen([]);
      await sent.reload();
      setTold(t('messages.sent', { schools: message.registrationIds.length }));
    });
  return (
    <>
      {told !== undefined && <Notice success>{told}</Notice>}
      <Heading>{t('messages.title')}</Heading>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <Loading of={schools}>
        {(data) => (
          <Form
            onSubmit={() => void send(data.hubs[0]?.hubId ?? '', data.roundId)}
            label={t('messages.title')}
          >
            <Choices
              multiple
              name="registrationIds"
              label={t('messages.to')}
              hint={t('messages.to-hint')}
              options={data.schools.map((school) => ({
                value: school.registrationId,
                label: school.schoolName,
              }))}
              value={chosen}
              onChange={setChosen}
              error={submission.errors.registrationIds}
            />
            <TextInput
              name="subject"
              label={t('messages.subject')}
              value={subject}
              onInput={setSubject}
              error={submission.errors.subject}
            />
            <TextArea
              name="text"
              label={t('messages.text')}
              value={text}
              onInput={setText}
              rows={8}
              error={submission.errors.text}
            />
            <Button type="submit" disabled={submission.busy}>
              {t('messages.send')}
            </Button>
          </Form>
        )}
      </Loading>
      <h2 class="govuk-heading-m">{t('messages.earlier')}</h2>
      <Loading of={sent}>
        {(data) => (
          <ol class="govuk-list">
            {data.messages.map((message) => (
              <li key={message.messageId}>
                <span class="govuk-hint">{formatInstant(message.sentAt)}</span>{' '}
                <strong>{message.subject}</strong> (
                {t('messages.schools', { schools: message.registrationIds.length })})
              </li>
            ))}
          </ol>
        )}
      </Loading>
    </>
  );
}
