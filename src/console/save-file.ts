// Hands a file to whoever looks at the page.

/** A spreadsheet takes CSV for the language's old encoding unless it begins with this. */
const BYTE_ORDER_MARK = '\uFEFF';

/** Saves an answer of the exchange under a name. */
export function saveFile(content: Blob, name: string): void {
  const parts = name.endsWith('.csv') ? [BYTE_ORDER_MARK, content] : [content];
  const url = URL.createObjectURL(new Blob(parts, { type: content.type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
