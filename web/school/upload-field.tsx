import { useRef, useState } from 'preact/hooks';
import { schoolContract } from '../../functions/http/school/contract.ts';
import { ApiError, call } from '../shared/api.ts';
import { fieldId } from '../shared/forms.tsx';
import { mediaTypeOf, uploadFile } from '../shared/upload.ts';
import { useText } from './texts.ts';

interface Sending {
  readonly name: string;
  readonly share: number;
}

/**
 * Sends files one after the other from the browser straight to S3 with progress; a file that cannot be sent is told with
 * its reason, and the others go on.
 */
export function UploadField(props: {
  registrationId: string;
  documentType: string;
  label: string;
  hint?: string;
  accept?: readonly string[];
  multiple?: boolean;
  /** The file whose place the new one takes. */
  replaces?: string;
  onSent: () => Promise<void>;
}) {
  const t = useText();
  const [sending, setSending] = useState<Sending | undefined>(undefined);
  const [failures, setFailures] = useState<readonly string[]>([]);
  const queue = useRef(Promise.resolve());
  const id = fieldId(`file.${props.documentType}${props.replaces ?? ''}`);
  const { registrationId, documentType, replaces } = props;
  const sendOne = async (file: File): Promise<void> => {
    setSending({ name: file.name, share: 0 });
    const { documentId, upload } = await call(schoolContract.startUpload, {
      params: { registrationId },
      body: {
        documentType,
        name: file.name,
        mediaType: mediaTypeOf(file),
        bytes: file.size,
        ...(replaces === undefined ? {} : { replaces }),
      },
    });
    const params = { registrationId, documentId };
    try {
      await uploadFile(upload, file, (share) => setSending({ name: file.name, share }));
      await call(schoolContract.uploadDone, { params });
    } catch (error) {
      // What did not arrive shall not stand in the way as "being sent"; if this fails too, it is given up in time.
      await call(schoolContract.deleteDocument, { params }).catch(() => undefined);
      throw error;
    }
    await props.onSent();
  };
  const send = async (files: readonly File[]): Promise<void> => {
    for (const file of files) {
      try {
        // An empty file would be refused by its size, in words that help nobody.
        if (file.size === 0) throw new EmptyFileError();
        await sendOne(file);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        setFailures((before) => [...before, t('upload.failed', { name: file.name, why: wordsOf(error, t) })]);
      }
    }
    setSending(undefined);
  };
  return (
    <div class={`govuk-form-group${failures.length > 0 ? ' govuk-form-group--error' : ''}`}>
      <label class="govuk-label" for={id}>
        {props.label}
      </label>
      {props.hint !== undefined && (
        <div class="govuk-hint" id={`${id}-hint`}>
          {props.hint}
        </div>
      )}
      <div role="alert" id={`${id}-error`}>
        {failures.map((failure) => (
          <p class="govuk-error-message" key={failure}>
            {failure}
          </p>
        ))}
      </div>
      <input
        class="govuk-file-upload"
        id={id}
        type="file"
        multiple={props.multiple}
        accept={props.accept?.join(',')}
        aria-describedby={`${props.hint === undefined ? '' : `${id}-hint `}${id}-error`}
        onChange={(event) => {
          const input = event.currentTarget;
          const files = [...(input.files ?? [])];
          // The same file can be chosen again after it failed.
          input.value = '';
          if (files.length === 0) return;
          // Chosen while others are still being sent: they wait their turn.
          if (sending === undefined) setFailures([]);
          queue.current = queue.current.then(() => send(files));
        }}
      />
      <div aria-live="polite">
        {sending !== undefined && (
          <p class="govuk-body">
            <label for={`${id}-progress`}>{t('upload.sending', { name: sending.name })}</label>{' '}
            <progress id={`${id}-progress`} max={1} value={sending.share} />
          </p>
        )}
      </div>
    </div>
  );
}

class EmptyFileError extends Error {}

/** Why a file was not sent, in words: the API's own, or for what S3 said. */
function wordsOf(error: Error, t: (key: string) => string): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof EmptyFileError) return t('upload.empty');
  switch (error.message) {
    case 'EntityTooLarge':
      return t('upload.too-big');
    case 'AccessDenied':
      return t('upload.too-late');
    case 'network':
      return t('upload.network');
    default:
      return t('upload.other');
  }
}
