// Keys of a page: by their place on the keyboard, for with Hangul on j is ㅓ or no letter at all. They act on the page,
// so not while something is typed, and not behind a dialog or an open menu.
import { useHotkeys } from '@mantine/hooks';

export interface KeyAct {
  /** As Mantine has it: `j`, `shift+v`, `ArrowDown`. */
  key: string;
  act: () => void;
  /** Goes on while the key is held. Without it a held key acts once. */
  isRepeated?: boolean;
}

export function useKeys(keys: readonly KeyAct[]): void {
  useHotkeys(
    keys.map(({ key, act, isRepeated = false }) => [
      key,
      (event) => {
        if ((event.repeat && !isRepeated) || !isForPage(event)) return;
        event.preventDefault();
        act();
      },
      { usePhysicalKeys: true, preventDefault: false },
    ]),
    [],
  );
}

const OVER_PAGE = '[role="dialog"], [role="menu"]';

function isForPage({ target, key }: KeyboardEvent): boolean {
  if (document.querySelector(OVER_PAGE)) return false;
  if (!(target instanceof HTMLElement)) return true;
  // A choice that was just clicked keeps the focus: letters are not for it, arrows are.
  if (target.matches('[type="radio"], [type="checkbox"]')) return !key.startsWith('Arrow');
  return !target.matches('input, textarea, select') && !target.isContentEditable;
}
