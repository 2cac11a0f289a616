// The six digits of an authenticator (RFC 6238).
import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function TotpField({ value, onChange }: { value: string; onChange: (code: string) => void }) {
  const { t } = useTranslation();
  return (
    <TextInput
      required
      label={t('signIn.totp')}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]{6}"
      maxLength={6}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value.replaceAll(/\D/g, ''))}
    />
  );
}
