import { type ReactNode, useEffect, useRef } from 'react';

interface DialogProps {
  readonly label: string;
  readonly className: string;
  /** Where it is left out, only what is inside can end the dialog. */
  readonly onClose?: () => void;
  readonly children: ReactNode;
}

/** The browser's own dialog: it keeps the focus inside, and Escape closes it. */
export function Dialog({ label, className, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    const before = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key for it
    <dialog
      ref={dialog}
      className={className}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={({ target, currentTarget }) => {
        // Outside of what is inside.
        if (target === currentTarget) onClose?.();
      }}
    >
      {children}
    </dialog>
  );
}
