import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { publicContract } from '../../functions/http/public/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, TextInput, useSubmission } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { formatDay, formatInstant, formatPence, Loading, Notice, SummaryList } from '../shared/show.tsx';
import { fromForm } from './answers.ts';
import { replaceAnswers } from './store.ts';
import { useText } from './texts.ts';

type OwnRegistration = RouteResponse<typeof publicContract.getOwnRegistration>;

/** Registrations of which the signed-in person is a contact. */
export function OwnRegistrationsPage() {
  const t = useText();
  const language = useLanguage();
  const own = useApi(publicContract.listOwnRegistrations);
  return (
    <>
      <Heading>{t('own.list')}</Heading>
      <Loading of={own}>
        {(data) =>
          data.registrations.length === 0 ? (
            <p class="govuk-body">{t('own.none')}</p>
          ) : (
            <ul class="govuk-list govuk-list--spaced">
              {data.registrations.map((each) => (
                <li key={each.registrationId}>
                  <a class="govuk-link" href={`/register/registrations/${each.registrationId}`}>
                    {each.schoolName}
                  </a>
                  <br />
                  {each.reference}, {each.roundLabel[language]}: {t(`status.${each.status}`)}
                </li>
              ))}
            </ul>
          )
        }
      </Loading>
    </>
  );
}

/** One registration after it was sent: correct it, send the invoice now, add a purchase order, its papers. */
export function OwnRegistrationPage(props: { registrationId?: string }) {
  const t = useText();
  const { route } = useLocation();
  const params = { registrationId: props.registrationId ?? '' };
  const own = useApi(publicContract.getOwnRegistration, { params });
  const submission = useSubmission();
  const [order, setOrder] = useState('');
  const [told, setTold] = useState<string | undefined>(undefined);
  const correct = (data: OwnRegistration): void => {
    if (data.form === null) return;
    replaceAnswers({
      ...fromForm(data.form, data.school.name),
      registrationId: data.registrationId,
      reference: data.reference,
    });
    route('/register/check');
  };
  const act = (done: string, work: () => Promise<unknown>) =>
    submission.run(async () => {
      await work();
      await own.reload();
      setTold(t(done));
    });
  return (
    <>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <Loading of={own}>
        {(data) => (
          <>
            {told !== undefined && <Notice success>{told}</Notice>}
            <Heading caption={data.reference}>{data.school.name}</Heading>
            {data.correctableUntil !== null && data.form !== null && (
              <div class="govuk-inset-text">
                <p class="govuk-body">{t('own.correct', { until: formatInstant(data.correctableUntil) })}</p>
                <div class="govuk-button-group">
                  <Button onClick={() => correct(data)}>{t('own.correct-button')}</Button>
                  <Button
                    secondary
                    disabled={submission.busy}
                    onClick={() =>
                      void act('own.sent-now', () => call(publicContract.sendInvoiceNow, { params }))
                    }
                  >
                    {t(data.payer.kind === 'FUNDER' ? 'own.take-place' : 'own.send-now')}
                  </Button>
                </div>
              </div>
            )}
            {data.purchaseOrder.kind === 'LATER' && data.payer.kind !== 'FUNDER' && data.form === null && (
              <Form
                label={t('own.order')}
                onSubmit={() =>
                  void act('own.order-added', () =>
                    call(publicContract.addPurchaseOrder, { params, body: { number: order.trim() } }),
                  )
                }
              >
                <h2 class="govuk-heading-m">{t('own.order')}</h2>
                <TextInput
                  name="number"
                  label={t('payer.order-number')}
                  hint={t('own.order-hint')}
                  value={order}
                  onInput={setOrder}
                  error={submission.errors.number ?? submission.errors['purchaseOrder.number']}
                  width={20}
                />
                <Button type="submit" disabled={submission.busy}>
                  {t('own.order-button')}
                </Button>
              </Form>
            )}
            <Facts data={data} />
            <p class="govuk-body">
              <a class="govuk-link" href={`/school/registrations/${data.registrationId}`}>
                {t('own.to-school')}
              </a>
            </p>
          </>
        )}
      </Loading>
    </>
  );
}

function Facts(props: { data: OwnRegistration }) {
  const t = useText();
  const language = useLanguage();
  const { data } = props;
  const { invoice } = data;
  const order = data.purchaseOrder;
  return (
    <>
      <SummaryList
        rows={[
          { key: t('own.status'), value: t(`status.${data.status}`) },
          { key: t('own.round'), value: data.roundLabel[language] },
          {
            key: t('check.school'),
            value: [data.school.name, data.school.town, data.school.postcode]
              .filter((part) => part !== '')
              .join(', '),
          },
          { key: t('check.level'), value: t(`levels.${data.targetLevel}`) },
          { key: t('check.accreditation'), value: t(`accreditation.${data.accreditation}`) },
          { key: t('check.hub'), value: data.hub?.name ?? t('own.no-hub') },
          { key: t('own.fee'), value: formatPence(data.fee.pence) },
          {
            key: t('check.payer'),
            value: [t(`payers.${data.payer.kind}`), data.payer.name].join(': '),
          },
          {
            key: t('check.order'),
            value: order.kind === 'NUMBER' ? order.number : t(`order-state.${order.kind}`),
          },
          ...data.contacts.map((contact) => ({
            key: t(`contact.${contact.role}`),
            value: `${contact.name}, ${contact.email}`,
          })),
          ...(invoice === null
            ? []
            : [
                { key: t('own.invoice'), value: invoice.invoiceNumber },
                { key: t('own.payment-reference'), value: invoice.paymentReference },
                { key: t('own.due'), value: formatDay(invoice.dueOn) },
                { key: t('own.balance'), value: formatPence(invoice.balancePence) },
              ]),
        ]}
      />
      {data.documents.length > 0 && (
        <>
          <h2 class="govuk-heading-m">{t('own.documents')}</h2>
          <ul class="govuk-list">
            {data.documents.map((document) => (
              <li key={document.number}>
                <a class="govuk-link" href={document.url}>
                  {t(`documents.${document.kind}`)} {document.number}
                </a>
                , {formatDay(document.issuedOn)} (PDF)
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
