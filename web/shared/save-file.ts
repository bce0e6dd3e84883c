/** Gives the person a file that the page has made, as their browser saves downloads. */
export function saveFile(name: string, text: string, type: 'text/csv' | 'application/json'): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // Browsers read the address a moment after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
