// What the keys do.
import { Kbd, Modal, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const KEYS = [
  { keys: ['j', 'k'], name: 'move' },
  { keys: ['v'], name: 'verify' },
  { keys: ['Shift+v'], name: 'verifyWith' },
  { keys: ['r'], name: 'reject' },
  { keys: ['i'], name: 'ask' },
  { keys: ['u'], name: 'undo' },
  { keys: ['x'], name: 'select' },
  { keys: ['/'], name: 'search' },
  { keys: ['Esc'], name: 'clear' },
  { keys: ['?'], name: 'help' },
] as const;

export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t('help.title')}>
      <Table>
        <Table.Tbody>
          {KEYS.map(({ keys, name }) => (
            <Table.Tr key={name}>
              <Table.Td>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{t(`help.${name}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
