/** Some texts of the validation data, each with the pictures it finds. */
import type { LoggedValidation } from './use-log.ts';
import { useTrainingTexts } from './use-texts.ts';

export function Samples({ validation: { samples, step } }: { validation: LoggedValidation }) {
  const texts = useTrainingTexts();
  return (
    <section className="samples">
      <h2>
        {texts.samples} <small>{texts.samplesAt(step)}</small>
      </h2>
      <ul>
        {samples.map(({ text, pictures }) => (
          <li key={text}>
            <h3 lang="zh-CN">{text}</h3>
            <ol>
              {pictures.map(({ id, cosine, right }) => (
                <li key={String(id)} className={right ? 'right' : 'wrong'}>
                  <img
                    src={`/api/picture?id=${encodeURIComponent(String(id))}`}
                    alt=""
                    width="96"
                    height="96"
                  />
                  <span>
                    {right ? texts.right : texts.wrong} {cosine.toFixed(3)}
                  </span>
                </li>
              ))}
            </ol>
          </li>
        ))}
      </ul>
    </section>
  );
}
