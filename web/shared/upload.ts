/** A presigned POST as the API gives it. */
export interface PresignedPost {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Sends a file from the browser straight to S3 and reports the share sent, 0 to 1. Rejects with S3's code
 * (`EntityTooLarge`, `AccessDenied`, ...) or `network`.
 */
export function uploadFile(
  post: PresignedPost,
  file: File,
  onProgress: (share: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(post.fields)) form.append(name, value);
    form.append('file', file);
    const request = new XMLHttpRequest();
    request.open('POST', post.url);
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else
        reject(
          new Error(/<Code>(\w+)<\/Code>/.exec(request.responseText)?.[1] ?? `status ${request.status}`),
        );
    });
    request.addEventListener('error', () => reject(new Error('network')));
    request.send(form);
  });
}

/** Types that browsers do not always know, by the ending of the name. */
const byEnding: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
};

/** The type of a file as the browser says it, or by its ending on machines without Office. */
export function mediaTypeOf(file: Pick<File, 'name' | 'type'>): string {
  const ending = file.name.toLowerCase().split('.').at(-1) ?? '';
  return file.type === '' ? (byEnding[ending] ?? 'application/octet-stream') : file.type;
}

/**
 * Opens a file whose short-lived address is asked for now, in a tab of its own: the tab is opened within the click, which
 * browsers allow, and led on when the address is there. Rejects as `address` does.
 */
export async function openFile(address: () => Promise<{ readonly url: string }>): Promise<void> {
  const tab = window.open('', '_blank');
  try {
    const { url } = await address();
    if (tab === null) location.assign(url);
    else {
      tab.opener = null;
      tab.location.replace(url);
    }
  } catch (error) {
    tab?.close();
    throw error;
  }
}
