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
