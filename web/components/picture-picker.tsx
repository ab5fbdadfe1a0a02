import { type ReactNode, useRef } from 'react';
import { type GivenPicture, readPicture } from '../state/pictures.ts';

interface PicturePickerProps {
  readonly className?: string;
  readonly label?: string;
  readonly children: ReactNode;
  readonly onPicture: (picture: GivenPicture) => void;
}

/** A button that lets the user choose a picture's file. */
export function PicturePicker({ className, label, children, onPicture }: PicturePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined) => {
    if (file) onPicture(await readPicture(file, file.name));
  };
  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={label}
        title={label}
        onClick={() => input.current?.click()}
      >
        {children}
      </button>
      <input
        ref={input}
        type="file"
        accept="image/*,.heic,.heif,.bmp,.tif,.tiff"
        hidden
        onChange={({ currentTarget }) => {
          void take(currentTarget.files?.[0]);
          // The same file may be chosen again.
          currentTarget.value = '';
        }}
      />
    </>
  );
}
