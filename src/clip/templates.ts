/** The Chinese sentences into which a label is put for zero-shot classification; `{}` is the label. */
export const TEMPLATES: readonly string[] = [
  '{}',
  '{}。',
  '一张{}的照片',
  '一张{}的图片',
  '一幅画着{}的画',
  '图中有{}',
  '这是{}',
  '{}的特写',
  '一张拍得很清楚的{}',
  '{}的图案',
];

/** A template with its label. */
export function fillTemplate(template: string, label: string): string {
  return template.replaceAll('{}', () => label);
}
