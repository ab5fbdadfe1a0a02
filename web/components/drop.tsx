import { Icon } from './icon.tsx';

/** Over the whole page while a file is dragged across it. */
export function Drop({ text }: { text: string }) {
  return (
    <div className="drop" aria-hidden="true">
      <Icon name="picture" />
      <p>{text}</p>
    </div>
  );
}
